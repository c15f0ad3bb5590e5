// Calls to this server. A 401 asks for the admin token once and tries again.

import {ask} from './ask.js';
import {text} from './texts.js';

const tokenKey = 'migue.token';  // of this tab only

export class Fault extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;  // 0: no answer
  }
}

let asking = null;

async function askToken() {
  asking ??= ask({title: text('token'), text: text('tokenText'), secret: true}).finally(() => { asking = null; });
  const token = await asking;
  if (!token) return false;
  sessionStorage.setItem(tokenKey, token);
  return true;
}

async function attempt(method, path, {body, signal} = {}) {
  const headers = {Accept: 'application/json'};
  const token = sessionStorage.getItem(tokenKey);
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const options = {method, headers, signal, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body)};
  try {
    const response = await fetch(path, options);
    return {status: response.status, text: await response.text()};
  } catch (fault) {
    if (fault.name === 'AbortError') throw fault;
    throw new Fault(0, fault.message);
  }
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** The answer's JSON, or null when it has none; a Fault for every status but 2xx. */
export async function call(method, path, options = {}) {
  let answer = await attempt(method, path, options);
  if (answer.status === 401 && await askToken()) answer = await attempt(method, path, options);
  const data = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300) return data;
  throw new Fault(answer.status, data?.error ?? answer.text.slice(0, 300));
}
