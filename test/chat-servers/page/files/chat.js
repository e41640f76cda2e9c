import { element } from './element.js'

const byId = (id) => document.getElementById(id)

/**
 * What both pages share: who one is, the channels, the messages, and the line to the server.
 * `look` is {show(message, chat), notice(notice, chat), channelName(channel), changed(chat)}: nodes for a message and for what only
 * this page says, and what is to be done after every change.
 */
export async function openChat(look) {
  const people = await fetch('/api/people').then((response) => response.json())
  const select = byId('person')
  select.append(...people.map(({ id, name }) => element('option', { value: id }, name)))
  const wished = new URLSearchParams(location.search).get('person')
  select.value = people.some(({ id }) => id === wished) ? wished : people[0].id

  const messages = new Map()
  const shown = new Map()
  let notices = []
  let source
  let openThread
  const chat = {
    state: undefined,
    channel: new URLSearchParams(location.search).get('channel'),
    person: select.value,
    thread: undefined,
    act,
    say,
    reply,
  }

  select.addEventListener('change', become)
  byId('thread').addEventListener('click', () => reply(undefined))
  become()
  return chat

  /** Another person sees other messages: everything begins anew. */
  function become() {
    source?.close()
    messages.clear()
    shown.clear()
    byId('messages').replaceChildren()
    notices = []
    chat.person = select.value
    chat.thread = undefined
    source = new EventSource(`/api/events?${new URLSearchParams({ person: chat.person })}`)
    source.addEventListener('state', (event) => take(JSON.parse(event.data)))
    source.addEventListener('error', () => (byId('connection').hidden = false))
    history.replaceState(null, '', `?${new URLSearchParams({ person: chat.person })}`)
  }

  function take({ order, changed, ...rest }) {
    byId('connection').hidden = true
    for (const message of changed) messages.set(message.key, message)
    for (const key of messages.keys()) if (!order.includes(key)) messages.delete(key)
    chat.state = { ...rest, messages: order.map((key) => messages.get(key)) }
    if (!rest.channels.some(({ id }) => id === chat.channel)) chat.channel = rest.channels[0]?.id
    draw()
  }

  function draw() {
    if (chat.state === undefined) return
    drawChannels()
    drawMessages()
    look.changed(chat)
  }

  function drawChannels() {
    const { channels, place, isOnline } = chat.state
    byId('place').textContent = place
    byId('status').textContent = isOnline ? 'The app is connected' : 'No app is connected'
    byId('status').classList.toggle('online', isOnline)
    const buttons = channels.map((channel) => {
      const isHere = channel.id === chat.channel
      const button = element(
        'button',
        { type: 'button', 'aria-current': isHere && 'true', 'data-kind': channel.kind },
        look.channelName(channel),
      )
      button.addEventListener('click', () => {
        chat.channel = channel.id
        chat.thread = undefined
        draw()
        byId('text')?.focus()
      })
      return element('li', {}, button)
    })
    byId('channels').replaceChildren(...buttons)
    const here = channels.find(({ id }) => id === chat.channel)
    byId('title').textContent = here === undefined ? '' : look.channelName(here)
    byId('absent').hidden = here?.botIsMember !== false
    byId('thread').hidden = chat.thread === undefined
  }

  /** A message that is as it was keeps its place in the page, with what was opened or chosen in it. */
  function drawMessages() {
    const list = byId('messages')
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80 || openThread !== chat.channel
    openThread = chat.channel
    const here = [
      ...inThreads(chat.state.messages.filter(({ channel }) => channel === chat.channel)),
      ...notices.filter(({ channel }) => channel === chat.channel),
    ]
    const nodes = here.toSorted(byTime).map(nodeOf)
    for (const [key, { node }] of shown) {
      if (nodes.includes(node)) continue
      node.remove()
      shown.delete(key)
    }
    for (const [index, node] of nodes.entries()) if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null)
    if (isAtEnd) list.scrollTop = list.scrollHeight
  }

  function nodeOf(message) {
    const text = JSON.stringify(message)
    const known = shown.get(message.key)
    if (known?.text === text) return known.node
    const node = element('li', { 'data-key': message.key }, message.isNotice ? look.notice(message, chat) : look.show(message, chat))
    known?.node.replaceWith(node)
    shown.set(message.key, { text, node })
    return node
  }

  /** @throws Error whose message is a sentence for the person */
  async function act(body) {
    const response = await fetch('/api/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: chat.person, ...body }),
    })
    const answer = await response.json().catch(() => ({}))
    if (!response.ok) throw new Error(answer.sentence ?? `The server answered ${response.status}.`)
    return answer
  }

  /** Something that only this page says, such as that the app did not answer. */
  function say(text, more = {}) {
    notices = [
      ...notices.slice(-20),
      { key: `notice-${crypto.randomUUID()}`, isNotice: true, channel: chat.channel, at: Date.now(), text, ...more },
    ]
    draw()
  }

  function reply(ts) {
    chat.thread = ts
    draw()
    if (ts !== undefined) byId('text').focus()
  }
}

function byTime(one, other) {
  return (one.sortAt ?? one.at) - (other.sortAt ?? other.at)
}

/** Replies stand below what they reply to. */
function inThreads(messages) {
  const times = new Map(messages.map(({ ts, at }) => [ts, at]))
  return messages.map((message, index) => {
    const parent = message.threadTs === message.ts ? undefined : times.get(message.threadTs)
    return { ...message, sortAt: parent === undefined ? message.at : parent + (index + 1) / 1000 }
  })
}
