// What happened to one message: who handled it, why, and how long it took.

import {call} from './api.js';
import {element} from './dom.js';
import {currentLanguage, text} from './texts.js';

const milliseconds = (microseconds) =>
  `${new Intl.NumberFormat(currentLanguage(), {maximumFractionDigits: 1}).format(microseconds / 1000)} ms`;
const percent = (share) => new Intl.NumberFormat(currentLanguage(), {style: 'percent'}).format(share);

function rows(trace) {
  const facts = [
    [text('plugin'), `${trace.plugin} ${trace.version} · ${text('generation')} ${trace.generation}`],
    [text('intent'), trace.intent && `${trace.intent} · ${percent(trace.confidence)}`],
    [text('routedBy'), trace.routed_by],
    [text('took'), milliseconds(trace.prepare_us + trace.plugin_us)],
    [text('attempt'), trace.attempt > 1 && trace.attempt],
    [text('reasons'), trace.reasons.join('; ')],
  ];
  return facts.filter(([, value]) => value);
}

/** Opens the trace under a bubble, or closes it. */
export async function toggleTrace(line, messageId) {
  const shown = line.querySelector('.trace');
  if (shown) return shown.remove();
  const list = element('dl', {class: 'trace'});
  line.append(list);
  try {
    const trace = await call('GET', `/admin/trace/${encodeURIComponent(messageId)}`);
    list.append(...rows(trace).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, String(value))]));
  } catch (fault) {
    list.append(element('dd', {}, fault.message));
  }
  list.scrollIntoView({block: 'nearest'});
}
