import { expect } from 'chai';
import { useNoteApp } from '../support/note-app';
import type { NotePage } from '../support/note-page';
import { startWebPage, type WebPage } from '../support/web-page';

/** Where the other page is. With its requests browsers send none of our cookies, or all of them. */
const neighbours: [name: string, host: string, status: number][] = [
  ['another site', '127.0.0.1', 401],
  ['another port of the same host, which is the same site', 'localhost', 403],
];

interface Attack {
  readonly name: string;
  readonly path: string;
  /** What the page sends as soon as it is there. */
  readonly html: (url: string) => string;
}

const autoPost = (url: string, attributes: string, fields: Record<string, string> = {}) =>
  `<form method="post" action="${url}" ${attributes}>${Object.entries(fields)
    .map(([name, value]) => `<input name='${name}' value='${value}'>`)
    .join('')}</form><script>document.forms[0].submit()</script>`;

const autoFetch = (url: string, options: string) =>
  `<script>fetch('${url}', { method: 'POST', credentials: 'include', ${options} }).catch(() => {})</script>`;

const attacks: Attack[] = [
  {
    name: 'a form',
    path: '/api/notes',
    html: (url) => autoPost(url, '', { text: 'planted' }),
  },
  {
    name: 'a form whose text is JSON',
    path: '/api/notes',
    html: (url) => autoPost(url, 'enctype="text/plain"', { '{"text":"planted","x":"': '"}' }),
  },
  {
    name: 'a form that logs out',
    path: '/api/auth/logout',
    html: (url) => autoPost(url, ''),
  },
  {
    name: 'a form that logs in as somebody else',
    path: '/api/auth/login',
    html: (url) => autoPost(url, '', { username: 'grace', password: 'compiler' }),
  },
  {
    name: 'a fetch with cookies',
    path: '/api/notes',
    html: (url) => autoFetch(url, `mode: 'no-cors', body: new URLSearchParams({ text: 'planted' })`),
  },
];

describe('a page of somebody else, beside the example of cookies', function () {
  this.timeout(120_000);
  const app = useNoteApp();
  let foreign: WebPage | undefined;

  before(async () => {
    foreign = await startWebPage();
  });
  after(() => {
    foreign?.close();
  });

  /** Shows it in a tab beside ours. @returns the status of what it sends */
  async function visit({ tab }: NotePage, host: string, { html, path }: Attack): Promise<number> {
    foreign?.show(html(app.url() + path));
    const other = await tab.context().newPage();
    const [answer] = await Promise.all([
      other.waitForResponse((response) => response.url() === app.url() + path),
      // What it sends may be a navigation, which keeps the page from ever being loaded.
      other.goto(`http://${host}:${String(foreign?.port)}/`, { waitUntil: 'commit' }),
    ]);
    return answer.status();
  }

  for (const [name, host, status] of neighbours) {
    describe(`on ${name}`, () => {
      let page: NotePage;

      before(async () => {
        page = await app.logIn();
        await page.add(`Mine, beside ${name}`);
      });

      for (const attack of attacks) {
        const expected = attack.path === '/api/auth/login' ? 403 : status;
        it(`changes nothing by ${attack.name}: ${attack.path} answers ${String(expected)}`, async () => {
          const cookies = await page.tab.context().cookies();
          expect(await visit(page, host, attack)).to.equal(expected);
          expect(await page.tab.context().cookies()).to.deep.equal(cookies);
          await page.reload();
          await page.greeting.filter({ hasText: 'Ada' }).waitFor();
          expect(await page.notes())
            .to.include(`Mine, beside ${name}`)
            .and.not.include('planted');
        });
      }

      it('logs nobody in who was not', async () => {
        const stranger = await app.open();
        const login = attacks.find(({ path }) => path === '/api/auth/login') as Attack;
        expect(await visit(stranger, host, login)).to.equal(403);
        expect(await stranger.tab.context().cookies()).to.deep.equal([]);
      });
    });
  }

  it('may even read the CSRF values, which cookies show to every port: the browser does not let it send them', async () => {
    const page = await app.logIn();
    const target = `${app.url()}/api/notes`;
    foreign?.show('');
    const other = await page.tab.context().newPage();
    await other.goto(`http://localhost:${String(foreign?.port)}/`);
    const sent = await other.evaluate<string>(`(async () => {
      const [, csrf] = /__Host-csrf_token=([^;]+)/.exec(document.cookie);
      const headers = { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ text: 'planted' });
      const options = { method: 'POST', credentials: 'include', headers, body };
      return fetch('${target}', options).then((answer) => String(answer.status), (error) => error.name);
    })()`);
    expect(sent).to.equal('TypeError');
    await page.reload();
    expect(await page.notes()).to.not.include('planted');
  });
});
