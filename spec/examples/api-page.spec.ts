import { expect } from 'chai';
import { request } from '../support/app';
import { endChildApp, startChildApp, type ChildApp } from '../support/child-app';
import { findingsIn, type Description } from '../support/openapi';

describe('the API document of the basic example', function () {
  this.timeout(30_000);
  let app: ChildApp;
  let document: Description;

  before(async () => {
    app = await startChildApp({ PORT: '0' });
    document = (await request(`${app.url}/openapi.json`)).body as Description;
  });

  after(() => endChildApp(app));

  it('is valid', async () => {
    expect(await findingsIn(document)).to.deep.equal([]);
  });

  it('has a public login and a protected route', () => {
    expect(document.paths['/login']?.['post']?.security).to.deep.equal([]);
    expect(document.paths['/protected']?.['get']?.security).to.deep.equal([{ bearer: [] }]);
    expect(document.components.schemas).to.have.all.keys('LoginDto', 'JwtError');
  });

  it('comes with a page, and the page with all it needs', async () => {
    const page = await request(`${app.url}/docs`);
    expect(page.headers.get('Content-Type')).to.equal('text/html; charset=utf-8');
    const links = [...String(page.body).matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(links).to.have.lengthOf(3);
    for (const path of links) expect(await request(app.url + path), path).to.include({ status: 200 });
    expect(await request(`${app.url}/docs`, { method: 'POST' })).to.include({ status: 404 });
  });
});
