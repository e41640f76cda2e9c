import { openChat } from './chat.js'
import { startCommandLine } from './discord-command.js'
import { discordMessage, discordModal } from './discord-view.js'
import { element } from './element.js'

let open
let commandLine
const chat = await openChat({ show, notice, channelName: ({ kind, name }) => (kind === 'direct' ? name : `# ${name}`), changed })
commandLine = startCommandLine({
  chat,
  run: (path, options) =>
    tell(async () => {
      const { error } = await chat.act({ kind: 'slash', channel: chat.channel, path, options })
      if (error !== undefined) chat.say('The application did not respond', { command: path })
    }),
  say: (text) => tell(() => chat.act({ kind: 'say', channel: chat.channel, text })),
})
changed(chat)

function show(message, { state }) {
  const place = { channel: message.channel, message: message.id }
  const actions = {
    press: ({ customId }) => tell(async () => took(await chat.act({ kind: 'press', ...place, customId }))),
    choose: ({ customId, values }) => tell(async () => took(await chat.act({ kind: 'choose', ...place, customId, values }))),
  }
  return discordMessage(message, { names: (id) => state.names[id], actions })
}

function took({ error }) {
  if (error !== undefined) chat.say('This interaction failed')
}

/** What only this page says, in red, as Discord does. */
function notice({ text, at, command }) {
  const { bot, names } = chat.state
  const reply = command === undefined ? undefined : { name: names[chat.person], command }
  const node = discordMessage({ author: { name: bot.name, isApp: true }, at, ephemeral: true, reply })
  node.querySelector('.d-by').after(element('p', { class: 'failed' }, text))
  return node
}

function changed({ state }) {
  if (state === undefined) return
  commandLine?.setCommands(state.commands)
  const { modal } = state
  const key = modal && JSON.stringify(modal)
  if (key === (open?.key ?? null)) return
  open?.dialog.remove()
  open = undefined
  if (modal === null) return
  const dialog = discordModal(modal, {
    submit: (values) =>
      tell(async () => {
        const { error } = await chat.act({ kind: 'submit', customId: modal.customId, values })
        if (error !== undefined) chat.say('Something went wrong. Try again.')
      }),
    close: () => tell(() => chat.act({ kind: 'dismiss', customId: modal.customId })),
  })
  open = { key, dialog }
  document.body.append(dialog)
  dialog.showModal()
}

async function tell(act) {
  try {
    await act()
  } catch (error) {
    chat.say(error.message)
  }
}
