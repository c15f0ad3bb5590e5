// Which plugin files are live, and the button that swaps them.

import {call} from './api.js';
import {byId, element, icon} from './dom.js';
import {text} from './texts.js';

const everyMs = 15000;

export async function refreshPlugins() {
  try {
    const plugins = await call('GET', '/admin/plugins');
    byId('plugin-list').replaceChildren(...plugins.map(item));
  } catch {
    byId('plugin-list').replaceChildren(element('li', {class: 'empty'}, text('pluginsFailed')));
  }
}

function item(plugin) {
  const button = element('button', {class: 'quiet', type: 'button', 'data-reload': plugin.id, onclick: () => reload(plugin.id, button)},
      icon('reload'), element('span', {}, text('reload')));
  return element('li', {class: 'plugin', 'data-plugin': plugin.id, 'data-state': plugin.state},
      element('span', {class: 'dot', 'aria-hidden': 'true'}),
      element('div', {class: 'plugin-text'},
          element('strong', {}, plugin.id),
          element('span', {class: 'facts'}, facts(plugin)),
          element('code', {class: 'hash', title: `sha256 ${plugin.sha256}`}, plugin.sha256.slice(0, 12))),
      button);
}

function facts(plugin) {
  const parts = [plugin.version, `${text('generation')} ${plugin.generation}`];
  if (plugin.state !== 'active') parts.push(plugin.state);
  return parts.join(' · ');
}

async function reload(id, button) {
  const note = byId('plugin-note');
  button.disabled = true;
  note.textContent = text('reloading');
  try {
    const plugins = await call('POST', `/admin/plugins/${encodeURIComponent(id)}/reload`);
    const now = plugins.find((plugin) => plugin.id === id) ?? {};
    note.textContent = text('reloaded', {id, version: now.version, generation: now.generation});
  } catch (fault) {
    note.textContent = text('reloadFailed', {id, why: fault.message});
  }
  await refreshPlugins();
  byId('plugin-list').querySelector(`[data-reload="${CSS.escape(id)}"]`)?.focus();
}

export function setUpPlugins() {
  refreshPlugins();
  setInterval(() => { if (!document.hidden && !byId('plugin-list').contains(document.activeElement)) refreshPlugins(); }, everyMs);
}
