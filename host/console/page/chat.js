// The conversation of one person: what it shows, sends and waits for.

import {call} from './api.js';
import {botBubble, dayKey, dayMark, offerRetry, personBubble, setTick} from './bubbles.js';
import {byId, pause} from './dom.js';
import {closeSheet} from './sheet.js';
import {text} from './texts.js';

const longPollMs = 25000;
const typingLimitMs = 30000;
const retryDelaysMs = [500, 1500, 4000];

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export class Chat {
  /** onNews({personId, replied}) is called after each answer of the server. */
  constructor({onNews}) {
    this.onNews = onNews;
    this.person = null;
  }

  /** Shows the conversation of `person` from its beginning, and follows it. */
  open(person) {
    this.leave?.abort();
    this.leave = new AbortController();
    this.person = person;
    this.position = 0;
    this.lastDay = null;
    this.said = new Map();     // message id → bubble of the person's own messages
    this.waiting = new Map();  // message id → when it was sent, until it is answered
    closeSheet();
    byId('lines').replaceChildren();
    byId('welcome').hidden = true;
    this.showTyping();
    this.follow(person, this.leave.signal);
  }

  sendText(typed) {
    this.send({text: typed}, typed);
  }

  tap(choice) {
    this.send({tap: choice.id, title: choice.title}, choice.title);
  }

  send(content, shown) {
    const id = newId();
    const messageId = `chat.${this.person.id}.${id}`;
    const node = personBubble({message_id: messageId, text: shown, unix_ms: Date.now(), state: 'sending'});
    this.said.set(messageId, node);
    this.append(node, Date.now());
    this.scrollDown();
    this.deliver({id, ...content}, messageId, node, this.leave.signal);
  }

  // The id stays the same at each try, so a message that did arrive is not said twice.
  async deliver(message, messageId, node, signal) {
    const path = `/console/api/chat/${this.person.id}/messages`;
    this.waiting.set(messageId, Date.now());
    this.showTyping();
    for (let tries = 0; !signal.aborted; ++tries) {
      try {
        const answer = await call('POST', path, {body: message});
        if (signal.aborted) return;
        if (node.dataset.state === 'sending') setTick(node, 'stored');
        this.onNews({personId: answer.person_id, replied: false});
        return;
      } catch (fault) {
        const hopeless = fault.status >= 400 && fault.status < 500;
        if (hopeless || tries >= retryDelaysMs.length) break;
        await pause(retryDelaysMs[tries]);
      }
    }
    if (signal.aborted || node.dataset.state !== 'sending') return;
    this.waiting.delete(messageId);
    this.showTyping();
    setTick(node, 'failed');
    offerRetry(node, () => {
      setTick(node, 'sending');
      this.deliver(message, messageId, node, signal);
    });
  }

  async follow(person, signal) {
    let failures = 0;
    let caughtUp = false;
    byId('log').setAttribute('aria-live', 'off');  // what was said before is not read aloud
    while (!signal.aborted) {
      const path = `/console/api/chat/${person.id}/messages?after=${this.position}&wait=${caughtUp ? longPollMs : 0}`;
      try {
        const page = await call('GET', path, {signal});
        if (signal.aborted) return;
        failures = 0;
        this.setConnected(true);
        this.show(page, caughtUp);
        if (!caughtUp && page.lines.length === 0) {
          caughtUp = true;
          byId('log').setAttribute('aria-live', 'polite');
          byId('welcome').hidden = byId('lines').childElementCount > 0;
          this.scrollDown();
        }
      } catch (fault) {
        if (signal.aborted) return;
        this.setConnected(false);
        await pause(Math.min(5000, 300 * 2 ** failures++));
      }
    }
  }

  show(page, isNew) {
    const stick = this.isAtEnd();
    let replied = false;
    for (const line of page.lines) {
      this.position = line.position;
      if (line.from === 'person') this.showPerson(line);
      else replied = this.showBot(line, isNew) || replied;
    }
    this.showTyping();
    if (stick && page.lines.length > 0) this.scrollDown();
    this.onNews({personId: page.person_id, replied: replied || !isNew});
  }

  showPerson(line) {
    const known = this.said.get(line.message_id);
    if (known) {
      if (known.dataset.state !== 'answered') setTick(known, 'stored');
      known.querySelector('.retry')?.remove();
      return;
    }
    const node = personBubble(line);
    this.said.set(line.message_id, node);
    this.append(node, line.unix_ms);
  }

  showBot(line, isNew) {
    const node = botBubble(line, (choice) => this.tap(choice));
    if (isNew) node.classList.add('new');
    this.append(node, line.unix_ms);
    this.waiting.delete(line.message_id);
    const asked = this.said.get(line.message_id);
    if (asked) setTick(asked, 'answered');
    return true;
  }

  append(node, unixMs) {
    byId('welcome').hidden = true;
    if (dayKey(unixMs) !== this.lastDay) {
      this.lastDay = dayKey(unixMs);
      byId('lines').append(dayMark(unixMs));
    }
    byId('lines').append(node);
  }

  showTyping() {
    clearTimeout(this.typingTimer);
    const newest = Math.max(0, ...this.waiting.values());
    const left = newest + typingLimitMs - Date.now();
    const isTyping = this.waiting.size > 0 && left > 0;
    byId('typing').hidden = !isTyping;
    this.showStatus(isTyping);
    if (!isTyping) return;
    this.typingTimer = setTimeout(() => this.showTyping(), left);
    if (this.isAtEnd()) this.scrollDown();
  }

  setConnected(isConnected) {
    this.isOffline = !isConnected;
    this.showStatus(!byId('typing').hidden);
  }

  showStatus(isTyping) {
    const key = this.isOffline ? 'offline' : isTyping ? 'typing' : 'online';
    const status = byId('status');
    if (status.textContent !== text(key)) status.textContent = text(key);
    status.dataset.state = key;
  }

  isAtEnd() {
    const wall = byId('wall');
    return wall.scrollHeight - wall.scrollTop - wall.clientHeight < 120;
  }

  scrollDown() {
    const wall = byId('wall');
    wall.scrollTop = wall.scrollHeight;
  }
}
