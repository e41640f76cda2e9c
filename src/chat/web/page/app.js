import { createChannel } from './channel.js'
import { startComposer } from './composer.js'
import { element } from './element.js'
import { createRenderings, startLooks } from './renderings.js'
import { send } from './send.js'
import { openStream } from './stream.js'

const byId = (id) => document.getElementById(id)
const select = byId('person')
let stream
let channel
let renderings

const { channel: channelName, people } = await whoIsHere()
byId('channel').textContent = channelName
document.title = `#${channelName} – jailops`
for (const { id, name, note } of people) select.append(element('option', { value: id }, `${name} – ${note}`))
const wished = new URLSearchParams(location.search).get('person') ?? localStorage.getItem('person')
select.value = people.some(({ id }) => id === wished) ? wished : people[0].id

startComposer({
  input: byId('text'),
  list: byId('completions'),
  form: byId('composer'),
  button: byId('send'),
  complete: (text, signal) =>
    fetch(`/api/complete?${new URLSearchParams({ person: select.value, text })}`, { signal }).then((response) =>
      response.ok ? response.json() : [],
    ),
  async say(text) {
    showProblem()
    channel.followEnd()
    await send('/api/say', { person: select.value, text })
  },
  onProblem: showProblem,
})
startLooks(byId('looks'))
select.addEventListener('change', become)
window.addEventListener('resize', () => channel.showEnd())
become()
byId('text').focus({ preventScroll: true })

/** Another person sees another channel: theirs alone are the answers that only they may read. */
function become() {
  const person = select.value
  localStorage.setItem('person', person)
  showProblem()
  byId('announcer').textContent = ''
  stream?.close()
  channel?.end()
  renderings?.end()
  renderings = createRenderings({ person, onShown: () => channel.showEnd() })
  channel = createChannel({
    scroller: byId('scroller'),
    list: byId('messages'),
    people,
    renderings,
    press: (press) => send('/api/press', { person, press }),
    onProblem: showProblem,
    announce: (text) => (byId('announcer').textContent = text),
  })
  stream = openStream(person, { onSnapshot: channel.replaceAll, onMessage: channel.putAloud, onConnection: showConnection })
}

/** The page may be quicker than its bot. */
async function whoIsHere() {
  for (;;) {
    const answer = await fetch('/api/people').then(
      (response) => response.json(),
      () => undefined,
    )
    showConnection(answer !== undefined)
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 700))
  }
}

function showConnection(isUp) {
  byId('connection').hidden = isUp
  byId('connection').textContent = isUp ? '' : 'Connection to the bot lost. What you see may be old. Reconnecting…'
}

function showProblem(sentence) {
  byId('problem').hidden = sentence === undefined
  byId('problem').textContent = sentence ?? ''
}
