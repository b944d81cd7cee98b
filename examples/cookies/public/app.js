import { call, mayBeLoggedIn } from './call.js';
import { describeDevice } from './device.mjs';

const element = (id) => document.getElementById(id);
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

// Who logs in in one tab is logged in in all of them: none may go on with the notes of somebody else.
const logins = new BroadcastChannel('logins');
logins.onmessage = () => location.reload();
let newsTimer;

onSubmit('log-in', async (form) => {
  try {
    await call('POST', '/auth/login', Object.fromEntries(new FormData(form)));
  } catch (error) {
    element('password').select();
    throw error;
  }
  logins.postMessage('new');
  form.reset();
  await showNotes();
});

onSubmit('new-note', async (form) => {
  const note = await call('POST', '/notes', Object.fromEntries(new FormData(form)));
  form.reset();
  element('notes').prepend(noteItem(note));
  countNotes();
  say('news', 'Your note is saved.');
});

onClick(element('log-out'), async () => {
  await call('POST', '/auth/logout');
  showLogin();
  say('news', 'You are logged out.');
});

onClick(element('log-out-everywhere'), async () => {
  await call('DELETE', '/auth/sessions');
  await call('POST', '/auth/logout');
  showLogin();
  say('news', 'You are logged out on every device.');
});

// Without a login there is nothing to ask the server for.
if (mayBeLoggedIn()) await attempt(showNotes);
if (element('logged-in').hidden) showLogin();

async function showNotes() {
  const [me, notes, devices] = await Promise.all(
    ['/me', '/notes', '/auth/sessions'].map((path) => call('GET', path)),
  );
  element('greeting').textContent = `Hello, ${me.name.split(' ')[0]}`;
  element('account-name').textContent = me.name;
  element('notes').replaceChildren(...notes.map(noteItem));
  element('devices').replaceChildren(...devices.sort(currentFirst).map(deviceItem));
  countNotes();
  switchTo('logged-in');
  element('greeting').focus();
}

function showLogin() {
  // What one user saw must not be there for the next one.
  for (const id of ['notes', 'devices', 'greeting', 'account-name']) element(id).replaceChildren();
  element('new-note').reset();
  switchTo('logged-out');
  element('username').focus();
}

function switchTo(view) {
  for (const id of ['logged-in', 'logged-out']) element(id).hidden = id !== view;
  element('account').hidden = view !== 'logged-in';
  document.querySelector('main').dataset.view = view;
}

function noteItem({ id, text, written }) {
  const item = copyOf('note');
  const [time, button] = [item.querySelector('time'), item.querySelector('button')];
  // As text, never as HTML: a note may say <script>.
  item.querySelector('.note-text').textContent = text;
  time.dateTime = written;
  time.textContent = dates.format(new Date(written));
  button.setAttribute('aria-label', `Delete the note: ${text.slice(0, 60)}`);
  onClick(button, async () => {
    await call('DELETE', `/notes/${id}`);
    removeItem(item, 'notes-title');
    countNotes();
    say('news', 'The note is deleted.');
  });
  return item;
}

function currentFirst(one, other) {
  return Number(other.current) - Number(one.current);
}

function deviceItem({ id, user_agent: userAgent, last_used_at: lastUsed, current }) {
  const item = copyOf('device');
  const button = item.querySelector('button');
  const { name } = describeDevice(userAgent);
  item.querySelector('.device-name').textContent = name;
  item.querySelector('.device-seen').textContent = current
    ? 'This device'
    : `Last used ${dates.format(new Date(lastUsed))}`;
  item.classList.toggle('current', current);
  button.hidden = current;
  button.setAttribute('aria-label', `Log out ${name}`);
  onClick(button, async () => {
    await call('DELETE', `/auth/sessions/${id}`);
    removeItem(item, 'devices-title');
    say('news', `${name} is logged out.`);
  });
  return item;
}

function copyOf(template) {
  return element(template).content.firstElementChild.cloneNode(true);
}

/** Whoever uses a keyboard goes on where the item was. */
function removeItem(item, heading) {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  const target = next?.querySelector('button:not([hidden])') ?? element(heading);
  if (target.tagName === 'H2') target.tabIndex = -1;
  target.focus();
}

function countNotes() {
  const { length } = element('notes').children;
  element('notes-count').textContent = length > 0 ? String(length) : '';
  element('no-notes').hidden = length > 0;
}

function onSubmit(id, action) {
  const form = element(id);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(() => action(form), form);
  });
}

function onClick(button, action) {
  button.addEventListener('click', () => attempt(action, button));
}

/** Does it once at a time, and says what went wrong; with the login gone, there is only the login. */
async function attempt(action, trigger = document.body) {
  if (trigger.ariaBusy === 'true') return;
  trigger.ariaBusy = 'true';
  say('problem', '');
  try {
    await action();
  } catch (error) {
    if (error.status === 401 && element('logged-out').hidden) showLogin();
    say('problem', error.message);
  } finally {
    trigger.ariaBusy = 'false';
  }
}

/** Good news goes by itself, a problem stays until the next attempt. */
function say(where, text) {
  element(where).textContent = text;
  if (where !== 'news') return;
  clearTimeout(newsTimer);
  newsTimer = setTimeout(say, 5000, 'news', '');
}
