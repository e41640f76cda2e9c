import { expectRunning, expectSaid, expectThere, type Verb } from './verb.ts'
import type { World } from '../world.ts'

const rootThere = (world: World, jail: string, there = true) => expectThere(world, `${world.column.root(jail)}/etc`, there)
const dataThere = (world: World, jail: string) => expectThere(world, `${world.column.root(jail)}/root/mark`)

/** From making a jail to its end. */
export const lifecycle: readonly Verb[] = [
  {
    path: 'jail create',
    args: { jail: 'shop' },
    problems: async (world) => [
      ...(await expectRunning(world, 'shop')),
      ...rootThere(world, 'shop'),
      ...(await expectSaid(world, `service -j ${world.column.kernelName('shop')} nginx status`, /running/)),
    ],
  },
  { path: 'jail start', args: { jail: 'mute' }, problems: (world) => expectRunning(world, 'mute') },
  { path: 'jail stop', args: { jail: 'blog' }, problems: (world) => expectRunning(world, 'blog', false) },
  { path: 'jail restart', args: { jail: 'blog' }, problems: (world) => expectRunning(world, 'blog') },
  {
    path: 'jail destroy',
    args: { jail: 'blog' },
    problems: async (world) => [...(await expectRunning(world, 'blog', false)), ...rootThere(world, 'blog', false)],
  },
  {
    path: 'jail restore',
    args: { jail: 'gone' },
    problems: async (world) => [...(await expectRunning(world, 'gone')), ...dataThere(world, 'gone')],
  },
  {
    path: 'jail purge',
    args: { jail: 'gone' },
    problems: async (world) => [
      ...(await expectSaid(world, 'ls -A $H/usr/jails/.trash | grep -c gone', /^0/)),
      ...(world.column.lab.zfs === true ? await expectSaid(world, 'zfs list -H -o name | grep -c gone', /^0/) : []),
    ],
  },
  {
    path: 'jail rename',
    args: { jail: 'blog', to: 'journal' },
    problems: async (world) => [
      ...(await expectRunning(world, 'journal')),
      ...(await expectRunning(world, 'blog', false)),
      ...dataThere(world, 'journal'),
      ...rootThere(world, 'blog', false),
    ],
  },
  {
    path: 'jail clone',
    args: { jail: 'blog', to: 'copy' },
    problems: async (world) => [
      ...(await expectRunning(world, 'copy')),
      ...(await expectRunning(world, 'blog')),
      ...dataThere(world, 'copy'),
    ],
  },
  {
    path: 'jail export',
    args: { jail: 'blog' },
    problems: async (world) => [
      ...(await expectRunning(world, 'blog')),
      ...(await expectSaid(world, 'ls $H/usr/jails/.archives', /^blog-r[a-z0-9]+\.json\n/m)),
      ...(await expectSaid(world, 'tar -tf $H/usr/jails/.archives/blog-*.txz', /etc\/rc\.conf/)),
    ],
  },
  {
    path: 'jail import',
    args: async (world) => ({ archive: await archiveName(world), as: 'again' }),
    problems: async (world) => [...(await expectRunning(world, 'again')), ...dataThere(world, 'again')],
  },
  {
    path: 'jail migrate',
    args: { jail: 'blog', to: 'jail.conf' },
    problems: async (world) => [...(await expectSaid(world, 'jls name', /^blog$/m)), ...expectThere(world, '/etc/jail.conf.d/blog.conf')],
  },
]

async function archiveName(world: World): Promise<string> {
  const { text } = await world.sh('ls $H/usr/jails/.archives')
  return /^(mute-\S+)\.txz$/m.exec(text)?.[1] ?? 'none'
}
