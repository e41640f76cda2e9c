import { z } from 'zod'
import { defineCommand, type Facts, JailopsError, type Look, managers, plan, releaseName, type ReleaseSource } from 'jailops'

const plainPath = /^(\/[A-Za-z0-9._+@-]+)+$/
const plainUrl = /^(https?|ftp):\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~+-]+)*$/

type Args = { release: string; manager?: (typeof managers)[number] | undefined; from?: string | undefined }

export default defineCommand({
  path: 'release fetch',
  summary: 'Fetch a FreeBSD release that jails can be made from',
  permission: 'release.fetch',
  risk: 'change',
  example: 'release fetch 15.1-RELEASE from:/usr/freebsd-dist/disc1.iso',
  needs: ['jails', 'releases'],
  args: z.object({
    release: releaseName.describe('such as 15.1-RELEASE'),
    manager: z.enum(managers).optional().describe('whose jails it is for'),
    from: z
      .string()
      .transform((from) => from.replace(/^file:\/\/(?=\/)/, '').replace(/(?<=.)\/$/, ''))
      .pipe(
        z
          .string()
          .max(300)
          .refine(
            (from) => (plainPath.test(from) && !from.split('/').some((part) => part === '..' || part === '.')) || plainUrl.test(from),
            {
              error: 'write a URL, a folder, or an .iso file, each as a plain absolute one',
            },
          ),
      )
      .optional()
      .describe('a URL, a folder or an .iso file'),
  }),
  looks({ args, facts }) {
    const source = sourceOf(args, facts)
    if (source === undefined) return {}
    return {
      manifest: manifestOf(source),
      ...(source.kind === 'iso' && { units: { argv: ['mdconfig', '-l'] } }),
    }
  },
  plan({ args, facts, drivers, request }) {
    const { release } = args
    const manager = args.manager ?? facts.layout.manager
    if (facts.releases.some((one) => one.manager === manager && one.name === release)) {
      throw new JailopsError('release_exists', `${manager} has ${release} already. Patch it with /release update ${release}.`)
    }
    const source = sourceOf(args, facts)
    const from = source === undefined ? undefined : completed(source, facts)
    return plan(drivers.releases.fetch(manager, release, from, request), {
      resources: [
        `release:${manager}:${release}`,
        ...(manager === 'jail.conf' ? [] : [`manager:${manager}`]),
        ...(from?.kind === 'iso' ? ['mdconfig'] : []),
      ],
      outcome: [
        { name: 'Release', value: `${release}, for ${manager}` },
        { name: 'From', value: source?.place ?? `${manager}'s own mirror` },
        ...(from === undefined ? [] : [{ name: 'sha256 of base.txz', value: from.sha256 }]),
      ],
      remarks:
        source !== undefined && /^(http|ftp):/.test(source.place)
          ? ['Whoever is on the way can change it and its MANIFEST: use https.']
          : [],
    })
  },
})

interface Source {
  kind: ReleaseSource['kind']
  place: string
}

/** undefined: the manager knows by itself. */
function sourceOf({ release, manager, from }: Args, facts: Facts): Source | undefined {
  if (from === undefined) {
    if ((manager ?? facts.layout.manager) !== 'jail.conf') return undefined
    return { kind: 'mirror', place: `https://download.freebsd.org/releases/${facts.platform ?? 'amd64'}/${release}` }
  }
  if (!from.startsWith('/')) return { kind: 'mirror', place: from }
  const jail = facts.jails.find(({ root }) => `${from}/`.startsWith(`${root}/`))
  if (jail !== undefined) {
    throw new JailopsError('bad_argument', `${from} lies in the jail ${jail.name}, where others write. Copy it to the host first.`)
  }
  return { kind: /\.iso$/i.test(from) ? 'iso' : 'folder', place: from }
}

/** So that the checksum is part of what is approved. */
function manifestOf({ kind, place }: Source): Look {
  if (kind === 'iso') return { argv: ['tar', '-xOf', place, 'usr/freebsd-dist/MANIFEST'], timeoutSeconds: 120 }
  return { argv: ['fetch', '-qo', '-', `${kind === 'folder' ? 'file://' : ''}${place}/MANIFEST`], timeoutSeconds: 60 }
}

function completed({ kind, place }: Source, facts: Facts): ReleaseSource {
  const { exitCode, stdout, stderr } = facts.look('manifest')
  const [, sha256] = /^base\.txz\t([0-9a-f]{64})\t/m.exec(stdout) ?? []
  if (exitCode !== 0 || sha256 === undefined) {
    const why = stderr.trim().split('\n').at(-1)?.slice(0, 200) || 'it names no base.txz'
    throw new JailopsError(
      'host_not_ready',
      `The MANIFEST of that release cannot be read at ${place}: ${why}. Name another place with from:.`,
    )
  }
  if (kind === 'mirror') return { kind, url: place, sha256 }
  return kind === 'folder' ? { kind, path: place, sha256 } : { kind, path: place, unit: freeUnit(facts), sha256 }
}

function freeUnit(facts: Facts): number {
  const taken = facts.look('units').stdout.split(/\s+/)
  let unit = 0
  while (taken.includes(`md${unit}`)) unit++
  return unit
}
