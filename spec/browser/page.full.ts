import { expect } from 'chai';
import { useNoteApp } from '../support/note-app';

describe('the page of the example of cookies', function () {
  this.timeout(120_000);
  const app = useNoteApp();

  it('keeps the notes of its user, and shows HTML as the text that it is', async () => {
    const page = await app.logIn();
    const html = '<img src=x onerror="document.title = \'owned\'"> & more';
    await page.add('Buy paper');
    await page.add(html);
    await page.reload();
    expect(await page.notes()).to.deep.equal([html, 'Buy paper']);
    expect(await page.tab.title()).to.equal('Private notes');
    await page.note('Buy paper').getByRole('button').click();
    await page.note('Buy paper').waitFor({ state: 'detached' });
    await page.note('more').getByRole('button').click();
    await page.tab.getByText('Nothing here yet.').waitFor();
    await page.reload();
    expect(await page.notes()).to.deep.equal([]);
  });

  it('says in a sentence what is wrong, and lets the user try again where it is', async () => {
    const page = await app.open();
    await page.enter('ada', 'wrong');
    await page.problem.filter({ hasText: /./ }).waitFor();
    expect(await page.problem.textContent()).to.equal('This user name and password do not belong together.');
    await page.tab.keyboard.type('engine');
    await page.tab.keyboard.press('Enter');
    await page.greeting.waitFor();
    expect(await page.problem.textContent()).to.equal('');
  });

  it('says so when the server does not answer, and keeps what was written', async () => {
    const profile = await app.newProfile();
    const page = await app.logIn(profile);
    await profile.setOffline(true);
    await page.write('Do not lose this');
    await page.problem.filter({ hasText: 'The server does not answer.' }).waitFor();
    await profile.setOffline(false);
    await page.press('Add note');
    await page.note('Do not lose this').waitFor();
  });

  it('asks the server for nothing while nobody is logged in, and gives the browser nothing to complain about', async () => {
    const page = await app.open();
    const [requests, complaints] = [page.requests(), page.complaints()];
    await page.reload();
    expect(requests.filter((request) => request.includes('/api/'))).to.deep.equal([]);
    await page.logIn();
    await page.press('Log out');
    await page.login.waitFor();
    expect(complaints).to.deep.equal([]);
  });

  it('goes on as whoever logged in last, in every tab', async () => {
    const profile = await app.newProfile();
    const [one, other] = [await app.logIn(profile), await app.open(profile)];
    await other.press('Log out');
    await other.login.waitFor();
    await other.logIn('grace', 'compiler');
    await one.greeting.filter({ hasText: 'Grace' }).waitFor();
  });

  it('fits on a screen that is 360 pixels wide', async () => {
    const page = await app.logIn();
    await page.tab.setViewportSize({ width: 360, height: 640 });
    await page.add('A_word_without_a_space'.repeat(10));
    const excess = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.tab.evaluate(excess)).to.equal(0);
  });
});
