import type { SiteSettings } from '../../../core/proxy.ts'
import { entriesOfSettings, ownerWord } from '../settings.ts'
import { limitFiles, type NginxMap, nginxMaps } from './configuration.ts'

interface SettingChanges {
  files: { title: string; name: string; content: string | null }[]
  entries: { map: NginxMap; key: string; value: string | null }[]
  /** A new one comes with its password. */
  usersAway: string[]
  owner?: { title: string; word: string | null }
}

/** What is to be written so that a site is like this too. */
export function settingChanges(
  host: string,
  all: Readonly<Record<string, SiteSettings>>,
  changes: { [Name in keyof SiteSettings]?: SiteSettings[Name] | undefined },
): SettingChanges {
  const before = all[host] ?? {}
  const after: SiteSettings = Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined))
  const old = entriesIn(host, before)
  const wanted = entriesIn(host, after)
  const entries = [
    ...wanted.filter((one) => !old.some(({ map, key, value }) => map === one.map && key === one.key && value === one.value)),
    ...old.filter((one) => !wanted.some(({ map, key }) => map === one.map && key === one.key)).map((one) => ({ ...one, value: null })),
  ]
  const limitsOfOthers = Object.entries(all).flatMap(([other, { limit }]) => (other === host || limit === undefined ? [] : [limit]))
  return {
    files: limitChanges(before.limit, after.limit, limitsOfOthers),
    entries,
    usersAway: (before.users ?? []).filter((user) => after.users?.includes(user) !== true),
    ...(before.owner !== after.owner && {
      owner: {
        title: after.owner === undefined ? `${host} belongs to nobody` : `${host} belongs to ${after.owner}`,
        word: after.owner === undefined ? null : ownerWord(after.owner),
      },
    }),
  }
}

function entriesIn(host: string, settings: SiteSettings): { map: NginxMap; key: string; value: string }[] {
  return entriesOfSettings(host, settings).flatMap(({ map, key, value }) => {
    const name = nginxMaps.find((one) => one === map)
    return name === undefined ? [] : [{ map: name, key, value }]
  })
}

/** Each number of requests has files of its own, as long as some site needs it. What is used stands before what uses it. */
function limitChanges(before: number | undefined, after: number | undefined, others: readonly number[]): SettingChanges['files'] {
  if (before === after) return []
  const fresh = after === undefined || others.includes(after) ? [] : limitFiles(after)
  const gone = before === undefined || others.includes(before) ? [] : limitFiles(before).toReversed()
  return [
    ...fresh.map((file) => ({ ...file, title: `Let nginx count ${after} requests in 10 s` })),
    ...gone.map(({ name }) => ({ name, content: null, title: `Nobody is allowed ${before} requests in 10 s any more` })),
  ]
}
