import { answerOf, good, itSaid, type Look, type Seen, shown, unknown, warning } from './look.ts'

export async function checkZfs(look: Look): Promise<Seen[]> {
  const { jailRoots } = look.layout
  const mounts = await answerOf(look, 'mount', '-p')
  if (mounts.exitCode !== 0) return [unknown(`What ${jailRoots} lies on is not known: ${itSaid(mounts)}.`)]
  const type = typeOf(mounts.stdout, jailRoots)
  const where = type === undefined ? `What ${jailRoots} lies on is not in the list of mounts` : `${jailRoots} lies on ${shown(type)}`
  const loaded = (await answerOf(look, 'kldstat', '-q', '-m', 'zfs')).exitCode === 0
  // zpool(8) would load the module itself
  if (!loaded)
    return [
      good(
        `${where}; ZFS is not loaded, and jailops does not need it: it copies the base and keeps what was destroyed by a rename. Snapshots, thin jails of jail.conf, and iocage do.`,
      ),
    ]
  return [pools(where, await answerOf(look, 'zpool', 'list', '-H', '-o', 'name,health'))]
}

function pools(where: string, answer: Awaited<ReturnType<typeof answerOf>>): Seen {
  if (answer.exitCode !== 0) return unknown(`${where}; ZFS is loaded, but zpool list gave no answer: ${itSaid(answer)}.`)
  const all = answer.stdout.split('\n').flatMap((line): [string, string][] => {
    const [name, health] = line.split('\t')
    return name === undefined || health === undefined ? [] : [[shown(name), shown(health)]]
  })
  const sick = all.filter(([, health]) => health !== 'ONLINE')
  if (sick.length > 0)
    return warning(
      `${where}; ${sick
        .slice(0, 3)
        .map((pool) => pool.join(' is '))
        .join(', ')}.`,
      'zpool status -x',
    )
  const names = all
    .map(([name]) => name)
    .slice(0, 5)
    .join(', ')
  return good(
    `${where}; ZFS is loaded${names === '' ? ', without a pool' : `, pools: ${names}`}. Where the jails' folder is a dataset, new jails are datasets too, with snapshots and thin copies.`,
  )
}

/** The type of the filesystem with the longest mount point above the path: `device point type options dump pass` a line. */
function typeOf(listing: string, path: string): string | undefined {
  const mounts = listing.split('\n').flatMap((line): { point: string; type: string }[] => {
    const [, point, type] = line.trim().split(/\s+/)
    return point === undefined || type === undefined || !isAbove(point, path) ? [] : [{ point, type }]
  })
  // of two on one point the later one covers the earlier
  return mounts.toReversed().toSorted((a, b) => b.point.length - a.point.length)[0]?.type
}

function isAbove(point: string, path: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`)
}
