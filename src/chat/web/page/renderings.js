import { discordMessage } from './discord-view.js'
import { element } from './element.js'
import { slackMessage } from './slack-view.js'

const author = { name: 'jailops', isApp: true }

/** The two buttons that say which renderings stand below the cards: none at first, and this browser remembers. */
export function startLooks(group) {
  const asked = new URLSearchParams(location.search).get('as') ?? localStorage.getItem('looks') ?? ''
  const looks = new Set(asked.split(',').filter((look) => look === 'slack' || look === 'discord'))
  const show = () => {
    document.body.dataset.looks = [...looks].toSorted().join(' ')
    for (const button of group.querySelectorAll('button')) button.setAttribute('aria-pressed', String(looks.has(button.dataset.look)))
  }
  group.addEventListener('click', ({ target }) => {
    const { look } = target.dataset
    if (look === undefined) return
    if (!looks.delete(look)) looks.add(look)
    localStorage.setItem('looks', [...looks].join(','))
    show()
  })
  show()
}

/** Below each card the same as Slack and Discord show it: pictures, asked for when they come into sight and after every edit. */
export function createRenderings({ person, onShown }) {
  const boxes = new Map()
  const watching = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const entry = boxes.get(target.dataset.message)
      if (entry === undefined) continue
      entry.isInSight = isIntersecting
      void load(entry)
    }
  })

  function follow({ id, at }, content) {
    const entry = boxes.get(id) ?? {
      id,
      at,
      box: element('div', { class: 'renderings', inert: true, 'data-message': id }),
      isInSight: false,
    }
    entry.isStale = true
    content.append(entry.box)
    if (!boxes.has(id)) watching.observe(entry.box)
    boxes.set(id, entry)
    void load(entry)
  }

  /** One question at a time for each card; an edit meanwhile is asked for afterwards. */
  async function load(entry) {
    if (!entry.isStale || !entry.isInSight || entry.isLoading) return
    entry.isLoading = true
    entry.isStale = false
    const found = await ask(entry.id, person)
    entry.isLoading = false
    if (found !== undefined) {
      entry.box.replaceChildren(...picturesOf(found, entry.at))
      onShown()
    }
    void load(entry)
  }

  return {
    follow,
    forget(id) {
      const entry = boxes.get(id)
      if (entry !== undefined) watching.unobserve(entry.box)
      boxes.delete(id)
    },
    end: () => watching.disconnect(),
  }
}

/** Without an answer what stands there stays: the card above it is the truth. */
function ask(id, person) {
  const path = `/api/renderings/${encodeURIComponent(id)}?${new URLSearchParams({ person })}`
  return fetch(path).then(
    (response) => (response.ok ? response.json() : undefined),
    () => undefined,
  )
}

function picturesOf({ slack, discord }, at) {
  return [
    element('figure', { class: 'as-slack' }, element('figcaption', {}, 'as Slack'), slackMessage({ ...slack, author, at })),
    element('figure', { class: 'as-discord' }, element('figcaption', {}, 'as Discord'), discordMessage({ ...discord, author, at })),
  ]
}
