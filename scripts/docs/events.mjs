// The sections of docs/guides/events.md: every event of a manager, with what its listeners get.
import { code, commentOf, exportsOf, membersOf, tableOf } from './source.mjs';

const all = exportsOf('src/index.ts');
const events = membersOf(named('ManagerEvents'));

export function table() {
  const rows = events.map((event) => [`[${code(event.name)}](#${anchorOf(event.type)})`, commentOf(event)]);
  return tableOf(['Event', 'Emitted when'], rows);
}

export function members() {
  return [...new Set(events.map(({ type }) => type))].map(sectionOf).join('\n\n');
}

function sectionOf(type) {
  const names = events.filter((event) => event.type === type).map(({ name }) => code(name));
  const rows = membersOf(named(type)).map((member) => [
    code(member.name),
    code(member.type),
    member.isOptional || /undefined/.test(member.declaration.type.getText()) ? 'no' : 'yes',
    commentOf(member),
  ]);
  return `### ${type}\n\nOf ${names.join(', ')}.\n\n${tableOf(['Member', 'Type', 'Always set', 'Description'], rows)}`;
}

function named(name) {
  return all.find((found) => found.name === name);
}

function anchorOf(type) {
  return type.toLowerCase();
}
