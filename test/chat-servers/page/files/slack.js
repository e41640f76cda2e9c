import { openChat } from './chat.js'
import { element } from './element.js'
import { slackMessage, slackModal } from './slack-view.js'

const slackbot = { name: 'Slackbot', isApp: false }
const trouble = 'We had some trouble connecting. Try again?'
const formProblems = {
  field_required: 'Please complete all required fields.',
  field_invalid: 'Something in this form is too long, too short, or no number.',
}

let open
const text = document.getElementById('text')
const chat = await openChat({ show, notice, channelName: ({ kind, name }) => (kind === 'direct' ? name : `# ${name}`), changed: showView })

document.getElementById('composer').addEventListener('submit', (event) => {
  event.preventDefault()
  const typed = text.value.trim()
  if (typed === '') return
  text.value = ''
  void tell(() => send(typed))
})

function show(message, { state }) {
  const { channel, ts, threadTs } = message
  const node = slackMessage(
    { ...message, inThread: threadTs !== undefined && threadTs !== ts },
    { names: (id) => state.names[id], actions: actionsAt({ channel, ts }) },
  )
  if (message.onlyYou) return node
  const button = element('button', { type: 'button', class: 'reply' }, 'Reply in thread')
  button.addEventListener('click', () => chat.reply(threadTs ?? ts))
  return [node, button]
}

function notice({ text: said, at }) {
  return slackMessage({ author: slackbot, at, text: said, onlyYou: true })
}

async function send(typed) {
  const { channel, thread, state } = chat
  const [, command, words] = /^(\/\S+)\s*(.*)$/u.exec(typed) ?? []
  if (command === undefined) {
    const name = `@${state.bot.name}`
    const said = escaped(typed).replaceAll(name, `<@${state.bot.userId}>`)
    await chat.act({ kind: typed.includes(name) ? 'mention' : 'say', channel, thread, text: said })
    return
  }
  const { error } = await chat.act({ kind: 'slash', channel, thread, command, text: words })
  if (error === 'not_supported_in_threads') chat.say(`\`${command}\` is not supported in threads. Sorry!`)
  else if (error !== undefined) chat.say(`\`${command}\` failed with the error "${error}"`)
}

/** What Slack's own client does with what people type. */
function escaped(typed) {
  return typed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function actionsAt(place) {
  const took = ({ error }) => {
    if (error === undefined) return
    if ('viewId' in place) showProblem(trouble)
    else chat.say(`Sorry, that did not work: ${chat.state.bot.name} did not respond ("${error}").`)
  }
  return {
    press: (one) => tell(async () => took(await chat.act({ kind: 'press', place, actionId: one.action_id }))),
    choose: (one, _block, value) => tell(async () => took(await chat.act({ kind: 'choose', place, actionId: one.action_id, value }))),
    suggest: (one, _block, typed) => chat.act({ kind: 'suggest', place, actionId: one.action_id, typed }),
    choices: (type) => {
      const things = type === 'users_select' ? chat.state.users : chat.state.channels.filter(({ kind }) => kind !== 'direct')
      return things.map(({ id, name }) => ({ text: name, value: id }))
    },
  }
}

/** The topmost modal; it is made anew only when the app changed it, and what was typed stays where its field does. */
function showView({ state: { view, names } }) {
  const key = view && JSON.stringify([view.id, view.view.hash, view.errors])
  if (key === (open?.key ?? null)) return
  const typed = view !== null && open?.id === view.id ? open.modal.read() : {}
  const focused = document.activeElement?.dataset.action
  open?.modal.dialog.remove()
  open = undefined
  if (view === null) return
  const modal = slackModal(
    withTyped(view, typed),
    { names: (id) => names[id], actions: actionsAt({ viewId: view.id }) },
    {
      submit: (values) => tell(() => submit(view.id, values)),
      close: () => tell(() => chat.act({ kind: 'close', viewId: view.id })),
    },
  )
  open = { key, id: view.id, modal }
  document.body.append(modal.dialog)
  modal.dialog.showModal()
  if (focused !== undefined) modal.dialog.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus()
}

function withTyped(opened, typed) {
  const values = structuredClone(opened.view.state?.values ?? {})
  for (const [block, actions] of Object.entries(typed)) {
    for (const [action, value] of Object.entries(actions)) {
      if (typeof value === 'string' && values[block]?.[action]) values[block][action].value = value
    }
  }
  return { ...opened, view: { ...opened.view, state: { values } } }
}

async function submit(viewId, values) {
  const { error } = await chat.act({ kind: 'submit', viewId, values })
  if (error !== undefined) showProblem(formProblems[error] ?? trouble)
}

function showProblem(sentence) {
  const dialog = open?.modal.dialog
  dialog?.querySelector('.s-trouble')?.remove()
  dialog?.querySelector('.s-fields').append(element('p', { class: 's-problem s-trouble', role: 'alert' }, sentence))
}

async function tell(act) {
  try {
    await act()
  } catch (error) {
    if (open === undefined) chat.say(error.message)
    else showProblem(error.message)
  }
}
