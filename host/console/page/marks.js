// WhatsApp's marks: *bold* _italic_ ~struck~ ```fixed```, and addresses, as DOM nodes.

import {element, webAddress} from './dom.js';

const tags = {'*': 'strong', '_': 'em', '~': 's'};
// An address, fixed text, or a mark that starts a word, ends one and stays on its line.
const pattern = /(?<address>https?:\/\/[^\s<>"']+)|```(?<fixed>[^`]+)```|(?<![\p{L}\p{N}])(?<mark>[*_~])(?=\S)(?<inside>[^\n]*?\S)\k<mark>(?![\p{L}\p{N}])/u;

/** Appends `text` to `parent`. Nothing is fetched until somebody clicks a link. */
export function appendMarked(parent, text) {
  let rest = text;
  for (let found = pattern.exec(rest); found; found = pattern.exec(rest)) {
    parent.append(rest.slice(0, found.index));
    const taken = appendOne(parent, found);
    rest = rest.slice(found.index + taken);
  }
  parent.append(rest);
}

function appendOne(parent, found) {
  const {address, fixed, mark, inside} = found.groups;
  if (address) return appendAddress(parent, address);
  if (fixed) {
    parent.append(element('code', {}, fixed));
  } else {
    const node = element(tags[mark]);
    appendMarked(node, inside);
    parent.append(node);
  }
  return found[0].length;
}

function appendAddress(parent, found) {
  const address = found.replace(/[.,;:!?)\]*_~]+$/, '');
  const href = webAddress(address);
  parent.append(href ? element('a', {href, target: '_blank', rel: 'noopener noreferrer'}, address) : address);
  return address.length;
}
