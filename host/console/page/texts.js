// Everything the page itself says. What the bot says comes from its plugins.

const texts = {
  es: {
    tagline: 'Escríbele como a una persona. Él lleva tu agenda.',
    people: 'Quién escribe', language: 'Idioma', chat: 'Chat', messages: 'Mensajes',
    online: 'en línea', typing: 'escribiendo…', offline: 'sin conexión, reintentando…',
    welcomeTitle: 'Hola. ¿Qué agendamos?',
    welcomeText: 'Escribe con tus palabras o toca un ejemplo. Lo que agendes se ve en la agenda.',
    examples: ['reunión con Laura mañana a las 3 por una hora', '¿qué tengo mañana?', 'dentista el viernes a las 10'],
    placeholder: 'Mensaje', send: 'Enviar', close: 'Cerrar', choose: 'Elegir',
    retry: 'No se envió. Reintentar', sending: 'enviando', stored: 'recibido', answered: 'respondido',
    today: 'Hoy', yesterday: 'Ayer',
    agenda: 'Agenda', allDay: 'Todo el día',
    agendaEmpty: 'Nada en tu agenda todavía. Lo que agendes en el chat aparece aquí.',
    agendaFailed: 'La agenda no responde ahora.',
    feed: 'Ábrela también en tu programa de calendario', copy: 'Copiar', copied: 'Copiado',
    plugins: 'Plugins', reload: 'Recargar', reloading: 'Recargando…',
    generation: 'generación', version: 'versión', pluginsFailed: 'No se pudo leer la lista de plugins.',
    reloaded: '{id}: versión {version}, generación {generation}.',
    reloadFailed: '{id} no se recargó; sigue el anterior. {why}',
    trace: 'Qué pasó con este mensaje', plugin: 'Plugin', intent: 'Intención', routedBy: 'Por qué', took: 'Tardó', attempt: 'Intento', reasons: 'Avisos',
    me: 'Tú', addPerson: 'Añadir persona', addPersonText: 'Otra persona que chatea con migue, para probar con invitados.',
    name: 'Nombre', token: 'Clave de administración', tokenText: 'Este servidor pide la clave de admin.token.',
    ok: 'Aceptar', cancel: 'Cancelar',
  },
  en: {
    tagline: 'Write to it as you would to a person. It keeps your calendar.',
    people: 'Who is writing', language: 'Language', chat: 'Chat', messages: 'Messages',
    online: 'online', typing: 'typing…', offline: 'no connection, trying again…',
    welcomeTitle: 'Hello. What shall we book?',
    welcomeText: 'Use your own words or tap an example. What you book shows on the agenda.',
    examples: ['meeting with Laura tomorrow at 3pm for one hour', 'what do I have tomorrow?', 'dentist on Friday at 10am'],
    placeholder: 'Message', send: 'Send', close: 'Close', choose: 'Choose',
    retry: 'Not sent. Try again', sending: 'sending', stored: 'received', answered: 'answered',
    today: 'Today', yesterday: 'Yesterday',
    agenda: 'Agenda', allDay: 'All day',
    agendaEmpty: 'Nothing on your agenda yet. What you book in the chat appears here.',
    agendaFailed: 'The agenda does not answer now.',
    feed: 'Open it in your calendar program too', copy: 'Copy', copied: 'Copied',
    plugins: 'Plugins', reload: 'Reload', reloading: 'Reloading…',
    generation: 'generation', version: 'version', pluginsFailed: 'The list of plugins could not be read.',
    reloaded: '{id}: version {version}, generation {generation}.',
    reloadFailed: '{id} was not reloaded; the previous one goes on. {why}',
    trace: 'What happened to this message', plugin: 'Plugin', intent: 'Intent', routedBy: 'Why', took: 'Took', attempt: 'Attempt', reasons: 'Notices',
    me: 'You', addPerson: 'Add a person', addPersonText: 'Somebody else who chats with migue, to try guests.',
    name: 'Name', token: 'Admin token', tokenText: 'This server asks for its admin.token.',
    ok: 'OK', cancel: 'Cancel',
  },
  pt: {
    tagline: 'Escreva como para uma pessoa. Ele cuida da sua agenda.',
    people: 'Quem escreve', language: 'Idioma', chat: 'Chat', messages: 'Mensagens',
    online: 'online', typing: 'digitando…', offline: 'sem conexão, tentando de novo…',
    welcomeTitle: 'Olá. O que vamos marcar?',
    welcomeText: 'Escreva do seu jeito ou toque num exemplo. O que você marcar aparece na agenda.',
    examples: ['reunião com a Laura amanhã às 15h por uma hora', 'o que tenho amanhã?', 'dentista sexta às 10h'],
    placeholder: 'Mensagem', send: 'Enviar', close: 'Fechar', choose: 'Escolher',
    retry: 'Não enviada. Tentar de novo', sending: 'enviando', stored: 'recebida', answered: 'respondida',
    today: 'Hoje', yesterday: 'Ontem',
    agenda: 'Agenda', allDay: 'O dia todo',
    agendaEmpty: 'Nada na sua agenda ainda. O que você marcar no chat aparece aqui.',
    agendaFailed: 'A agenda não responde agora.',
    feed: 'Abra também no seu programa de calendário', copy: 'Copiar', copied: 'Copiado',
    plugins: 'Plugins', reload: 'Recarregar', reloading: 'Recarregando…',
    generation: 'geração', version: 'versão', pluginsFailed: 'Não foi possível ler a lista de plugins.',
    reloaded: '{id}: versão {version}, geração {generation}.',
    reloadFailed: '{id} não foi recarregado; o anterior continua. {why}',
    trace: 'O que houve com esta mensagem', plugin: 'Plugin', intent: 'Intenção', routedBy: 'Por quê', took: 'Levou', attempt: 'Tentativa', reasons: 'Avisos',
    me: 'Você', addPerson: 'Adicionar pessoa', addPersonText: 'Outra pessoa que conversa com o migue, para testar convidados.',
    name: 'Nome', token: 'Chave de administração', tokenText: 'Este servidor pede a chave de admin.token.',
    ok: 'OK', cancel: 'Cancelar',
  },
};

let language = 'en';

export function currentLanguage() {
  return language;
}

/** The first language of the browser that we speak, else English. */
export function browserLanguage() {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag) => tag in texts) ?? 'en';
}

export function text(key, values = {}) {
  const found = texts[language][key];
  if (typeof found !== 'string') return found;
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Writes the texts of `next` into everything that carries data-text, -label or -placeholder. */
export function speak(next) {
  language = next in texts ? next : 'en';
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = text(node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]')) {
    const label = text(node.dataset.label);
    node.setAttribute('aria-label', label);
    if (node.matches('button')) node.title = label;
  }
  for (const node of document.querySelectorAll('[data-placeholder]')) node.placeholder = text(node.dataset.placeholder);
}
