import type { SiteSettings } from '../../core/proxy.ts'
import type { Step } from '../../core/step.ts'
import type { Known } from './known.ts'
import { mapStep, ownersFile } from './maps.ts'
import { entriesOfSettings, ownerWord } from './settings.ts'
import { userAway, userWithPassword } from './users.ts'

/** Each line that is to come or go. */
export function setSettings({ layout, proxy }: Known, host: string, changes: object): Step[] {
  const before = proxy.settings[host] ?? {}
  const after = merged(before, changes)
  const old = entriesOfSettings(host, before)
  const wanted = entriesOfSettings(host, after)
  const gone = old.filter((one) => !wanted.some(({ map, key }) => map === one.map && key === one.key))
  const fresh = wanted.filter((one) => !old.some(({ map, key, value }) => map === one.map && key === one.key && value === one.value))
  const owner: Step = {
    title: after.owner === undefined ? `${host} belongs to nobody` : `${host} belongs to ${after.owner}`,
    action: {
      kind: 'map-entry',
      path: ownersFile(layout),
      key: host,
      value: after.owner === undefined ? null : ownerWord(after.owner),
    },
  }
  return [
    ...fresh.map(({ map, key, value }) => mapStep(layout, `Set ${map} of ${key}`, map, key, value)),
    // nobody is let in by the loss of a list before the list itself is off
    ...gone.toReversed().map(({ map, key }) => mapStep(layout, `Take ${map} of ${key} away`, map, key, null)),
    ...(before.users ?? []).filter((user) => after.users?.includes(user) !== true).map((user) => userAway(layout, host, user)),
    ...(before.owner === after.owner ? [] : [owner]),
  ]
}

export function newUser({ layout, proxy }: Known, host: string, name: string): Step[] {
  return [
    // closed first: whoever comes in between needs a password anyway
    ...(proxy.settings[host]?.users === undefined ? [mapStep(layout, `Set auth-on of ${host}`, 'auth-on', host, '1')] : []),
    userWithPassword(layout, host, name),
  ]
}

function merged(before: SiteSettings, changes: object): SiteSettings {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined))
}
