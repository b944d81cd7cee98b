import { createApi, mayBeLoggedIn } from './api.js';
import { describeDevice } from './device.mjs';

const element = (id) => document.getElementById(id);
const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const call = createApi(() => onEnd());
/** Ends the wait for the end of the session. */
let waiting = new AbortController();
/** Whether the user knows that the session has ended. */
let isOver = false;
let newsTimer;

// A login in one tab is one in all tabs of this browser.
const logins = new BroadcastChannel('logins');
logins.onmessage = () => location.reload();

element('log-in').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(async () => {
    const form = event.target;
    try {
      await call('POST', '/web/auth/login', { body: Object.fromEntries(new FormData(form)) });
    } catch (error) {
      element('password').select();
      throw error;
    }
    form.reset();
    logins.postMessage('new');
    await showDevices();
    element('title').focus();
  }, event.target);
});

onClick(element('log-out'), async () => {
  isOver = true;
  try {
    await call('POST', '/web/auth/logout');
  } catch (error) {
    // With 401, the session has ended before.
    if (error.status !== 401) {
      isOver = false;
      throw error;
    }
  }
  waiting.abort();
  showLogin();
  announce('You are logged out.');
});

onClick(element('log-out-others'), async () => {
  await call('DELETE', '/web/auth/sessions');
  await showDevices();
  element('others-title').focus();
  announce('All other devices are logged out.');
});

// A hidden tab asks for nothing: browsers have only a few connections for each server.
document.addEventListener('visibilitychange', () => {
  waiting.abort();
  if (!document.hidden && isLoggedIn()) attempt(showDevices);
});

if (mayBeLoggedIn()) await attempt(showDevices);
if (!isLoggedIn()) showLogin();

async function showDevices() {
  const [{ username, notices }, sessions] = await Promise.all(
    ['/account', '/web/auth/sessions'].map((path) => call('GET', path)),
  );
  const others = sessions.filter(({ current }) => !current);
  element('username').textContent = username;
  element('notices').replaceChildren(...notices.map(noticeItem));
  element('current').replaceChildren(...sessions.filter(({ current }) => current).map(deviceItem));
  element('others').replaceChildren(...others.map(deviceItem));
  element('ended').replaceChildren();
  countOthers();
  isOver = false;
  switchTo('logged-in');
  void waitForEnd();
}

function showLogin() {
  // The next user must not see what this one saw.
  for (const id of ['notices', 'current', 'others', 'username']) element(id).replaceChildren();
  switchTo('logged-out');
  element('name').focus();
}

/** Waits for the end of the session, for as long as the page is visible. */
async function waitForEnd() {
  waiting.abort();
  const { signal } = (waiting = new AbortController());
  while (!signal.aborted) {
    try {
      const { reason } = await call('GET', '/account/session-end', { signal });
      // The access token has expired. The next request refreshes it.
      if (reason !== 'expired') await onEnd(reason);
    } catch {
      // The server restarts, or the connection was lost.
      await new Promise((resolve) => setTimeout(resolve, 5000));
    }
  }
}

/** The session has ended, and not by this page. */
async function onEnd(reason) {
  if (isOver) return;
  isOver = true;
  waiting.abort();
  // Removes the cookies, before anyone can log in again. The session has already ended, so the response is 401.
  await call('POST', '/web/auth/logout').catch(() => undefined);
  showLogin();
  const message = 'You have been logged out, in another tab or from another device.';
  element('ended').replaceChildren(reason === 'reused' ? endedByTheft() : paragraph(message));
}

function endedByTheft() {
  const notice = copyOf('notice');
  notice.querySelector('.story').textContent =
    'Someone has probably copied it, so this session was ended, here and for anyone else. Log in to read more.';
  notice.querySelector('button').remove();
  return notice;
}

function noticeItem({ at, user_agent: used, ip, session_user_agent: owner }) {
  const notice = copyOf('notice');
  const [thief, victim] = [used, owner].map((userAgent) => describeDevice(userAgent).name);
  notice.querySelector('.story').textContent =
    `On ${dates.format(new Date(at))}, ${thief} at ${shortIp(ip)} used a token that ${victim} had already exchanged ` +
    'for a new one. Someone has probably copied it, so that session was ended. If it was not you, change your password.';
  onClick(notice.querySelector('button'), async () => {
    await call('DELETE', '/account/notices');
    element('notices').replaceChildren();
    element('title').focus();
  });
  return notice;
}

function deviceItem({
  id,
  label,
  user_agent: userAgent,
  ip,
  created_at: created,
  last_used_at: used,
  current,
}) {
  const item = copyOf('device');
  const { name, kind } = describeDevice(userAgent);
  const button = item.querySelector('button');
  item.querySelector('use').setAttribute('href', `#${kind}`);
  // As text, never as HTML: anyone can send any `User-Agent`.
  item.querySelector('.name').textContent = name;
  item.querySelector('.label').textContent = label ?? '';
  const facts = [[shortIp(ip)], ['last used ', time(used, sinceThen)], ['logged in ', time(created, onDay)]];
  item.querySelector('.seen').append(...facts.flatMap((fact) => [span(fact), ' ']));
  button.setAttribute('aria-label', `Log out ${[name, label].filter(Boolean).join(', ')}`);
  if (current) button.remove();
  else onClick(button, () => endDevice(item, id, name));
  return item;
}

async function endDevice(item, id, name) {
  await call('DELETE', `/web/auth/sessions/${encodeURIComponent(id)}`);
  const neighbour = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  countOthers();
  // Keyboards go on where the item was.
  (neighbour?.querySelector('button') ?? element('others-title')).focus();
  announce(`${name} is logged out.`);
}

function countOthers() {
  const { length } = element('others').children;
  element('count').textContent = length > 0 ? String(length) : '';
  element('alone').hidden = length > 0;
  element('others').hidden = length === 0;
  element('log-out-others').hidden = length < 2;
}

function isLoggedIn() {
  return !element('logged-in').hidden;
}

function switchTo(view) {
  for (const id of ['logged-in', 'logged-out']) element(id).hidden = id !== view;
  element('account').hidden = view !== 'logged-in';
}

function time(text, format) {
  const date = new Date(text);
  const result = document.createElement('time');
  result.dateTime = date.toISOString();
  result.title = dates.format(date);
  result.textContent = format(date);
  return result;
}

function onDay(date) {
  return days.format(date);
}

function sinceThen(date) {
  const minutes = Math.round((date.getTime() - Date.now()) / 60_000);
  if (minutes > -1) return 'just now';
  if (minutes > -60) return ago.format(minutes, 'minute');
  if (minutes > -1440) return ago.format(Math.round(minutes / 60), 'hour');
  return ago.format(Math.round(minutes / 1440), 'day');
}

/** An IPv4 address that came in over IPv6 is shown as what it is. */
function shortIp(ip) {
  return ip?.replace(/^::ffff:/, '') ?? 'unknown address';
}

function copyOf(template) {
  return element(template).content.firstElementChild.cloneNode(true);
}

function span(contents) {
  const result = document.createElement('span');
  result.append(...contents);
  return result;
}

function paragraph(text) {
  const result = document.createElement('p');
  result.className = 'problem';
  result.textContent = text;
  return result;
}

function onClick(button, action) {
  button.addEventListener('click', () => attempt(action, button));
}

/** Does it once at a time, and shows what went wrong. */
async function attempt(action, trigger = document.body) {
  if (trigger.ariaBusy === 'true') return;
  trigger.ariaBusy = 'true';
  element('problem').textContent = '';
  try {
    await action();
  } catch (error) {
    // The end of the session has a message of its own.
    if (error.status !== 401 || trigger.id === 'log-in') element('problem').textContent = error.message;
  } finally {
    trigger.ariaBusy = 'false';
  }
}

/** Good news disappears by itself. */
function announce(text) {
  element('news').textContent = text;
  clearTimeout(newsTimer);
  newsTimer = setTimeout(announce, 5000, '');
}
