import type { Layout } from '../core/layout.ts'

/** A program that jailops starts on a host: the whole list of them, held against what really runs by test/host/programs.test.ts. */
export interface HostProgram {
  name: string
  /** Where FreeBSD has it. */
  folder: '/sbin' | '/bin' | '/usr/sbin' | '/usr/bin' | '/usr/local/sbin' | '/usr/local/bin'
  why: string
  /** What whoever chooses its arguments can do by it. Absent: it only tells something. */
  power?: string
  /** By that it gives all of root. */
  isRoot?: true
}

export const hostPrograms: readonly HostProgram[] = [
  {
    name: 'jail',
    folder: '/usr/sbin',
    why: 'starts and stops jails, and checks their configuration',
    power: 'hooks of a configuration run on the host',
    isRoot: true,
  },
  {
    name: 'jexec',
    folder: '/usr/sbin',
    why: "writes into a running jail from inside (nginx's files, resolv.conf, files of templates), never by paths below its root",
    power: 'it is root in every jail',
  },
  { name: 'jls', folder: '/usr/sbin', why: 'which jails run' },
  {
    name: 'service',
    folder: '/usr/sbin',
    why: 'starts, reloads and stops HAProxy, or nginx in front, and nginx in a jail (service -j)',
    power: 'it stops every service of the host',
  },
  {
    name: 'sysrc',
    folder: '/usr/sbin',
    why: 'reads and sets jail_enable, jail_list, haproxy_enable, haproxy_config and nginx_enable, also in a jail (sysrc -j)',
    power: 'rc.conf is a shell program that root runs at boot',
    isRoot: true,
  },
  {
    name: 'pkg',
    folder: '/usr/sbin',
    why: 'installs nginx in a jail (pkg -j), and tells whether it is there',
    power: "packages' scripts run as root",
    isRoot: true,
  },
  {
    name: 'haproxy',
    folder: '/usr/local/sbin',
    why: 'checks a changed configuration before it counts (haproxy -c), tells its version, and takes over from the one that runs (haproxy -x)',
    power: 'it starts as root by any configuration',
    isRoot: true,
  },
  {
    name: 'nginx',
    folder: '/usr/local/sbin',
    why: 'where nginx stands in front: checks a changed configuration before it counts (nginx -t), and tells its version',
    power: 'it starts as root by any configuration',
    isRoot: true,
  },
  { name: 'pgrep', folder: '/bin', why: 'where nginx stands in front: whether its workers of before a reload still take connections' },
  {
    name: 'ezjail-admin',
    folder: '/usr/local/bin',
    why: "makes, starts and stops ezjail's jails",
    power: 'what a control file says runs on the host',
    isRoot: true,
  },
  { name: 'tar', folder: '/usr/bin', why: "unpacks the base into a new jail's root", power: 'it writes anywhere', isRoot: true },
  { name: 'cp', folder: '/bin', why: "copies the base into a new jail's root", power: 'it writes anywhere', isRoot: true },
  { name: 'chflags', folder: '/bin', why: 'lets a half made copy be taken back', power: 'it takes the protection off any file' },
  {
    name: 'chgrp',
    folder: '/usr/bin',
    why: 'where nginx stands in front: lets its workers, and nobody else, look into the folder of passwords',
    power: 'it gives any file to any group',
  },
  { name: 'rm', folder: '/bin', why: 'takes a half made copy back (rm -x -rf)', power: 'it removes anything' },
  { name: 'mkdir', folder: '/bin', why: 'makes its folder again after that', power: 'it makes folders anywhere' },
  {
    name: 'ln',
    folder: '/bin',
    why: "gives the host's own haproxy.conf its place among jailops's files for HAProxy",
    power: 'with it any file can be had under another name',
    isRoot: true,
  },
  { name: 'ifconfig', folder: '/sbin', why: 'which addresses and interfaces are in use', power: "it changes the host's network" },
  {
    name: 'mount',
    folder: '/sbin',
    why: 'whether something is mounted below a jail (mount -p)',
    power: 'it mounts anything anywhere',
    isRoot: true,
  },
  {
    name: 'umount',
    folder: '/sbin',
    why: 'takes a folder of the host out of a running jail, and an installation disc away',
    power: 'it unmounts anything',
  },
  {
    name: 'grep',
    folder: '/usr/bin',
    why: "reads many small files at once: the configuration of each jail; a release's patch level",
    power: 'it reads any file',
  },
  {
    name: 'openssl',
    folder: '/usr/bin',
    why: 'who a certificate of a file is for, and which one a site shows (x509, s_client)',
    power: 'it reads and writes any file',
    isRoot: true,
  },
  { name: 'stat', folder: '/usr/bin', why: 'whether what is to be shown in a jail is a folder' },
  { name: 'ls', folder: '/bin', why: 'whether a folder that is to be mounted over is empty' },
  {
    name: 'env',
    folder: '/usr/bin',
    why: 'tells freebsd-update to show no pages',
    power: 'it starts any program',
    isRoot: true,
  },
  { name: 'realpath', folder: '/bin', why: 'where a path really leads, to compare with the mounts' },
  { name: 'du', folder: '/usr/bin', why: 'how much room a new jail will take' },
  { name: 'sync', folder: '/bin', why: 'makes what was done reach the disk before it is noted as done' },
  { name: 'freebsd-version', folder: '/bin', why: 'host status and host check: the version' },
  { name: 'host', folder: '/usr/bin', why: 'which address the name of a site has (proxy test)' },
  { name: 'uptime', folder: '/usr/bin', why: 'host status: load, and since when it is up' },
  {
    name: 'sysctl',
    folder: '/sbin',
    why: 'host status and host check: securelevel, and whether the host is a jail',
    power: "it sets the kernel's variables, mac_do's rules among them",
    isRoot: true,
  },
  { name: 'uname', folder: '/usr/bin', why: 'host check: whether it is FreeBSD' },
  { name: 'id', folder: '/usr/bin', why: 'host check: who commands run as' },
  { name: 'date', folder: '/bin', why: "host check: the host's clock", power: 'it sets the clock' },
  { name: 'df', folder: '/bin', why: 'host check: whether the trash lies on the filesystem of the jails' },
  { name: 'kldstat', folder: '/sbin', why: 'host check: whether ipfw, pf and ZFS are loaded' },
  {
    name: 'zfs',
    folder: '/sbin',
    why: 'which datasets there are; clones, snapshots and renames them',
    power: 'it destroys datasets',
    isRoot: true,
  },
  { name: 'zpool', folder: '/sbin', why: 'host check: how the pools are', power: 'it destroys pools' },
  { name: 'ps', folder: '/bin', why: 'what runs in a jail, and what it takes (ps -J)' },
  { name: 'tail', folder: '/usr/bin', why: "the end of a jail's console log", power: 'it reads any file' },
  {
    name: 'truncate',
    folder: '/usr/bin',
    why: 'where nginx stands in front: empties its log of requests, once what it holds was counted and copied',
    power: 'it empties any file',
  },
  { name: 'fstat', folder: '/usr/bin', why: 'which processes hold a dataset that cannot be moved' },
  { name: 'rctl', folder: '/usr/bin', why: 'limits what a jail may use, and tells what it uses', power: 'it limits any process' },
  { name: 'cpuset', folder: '/usr/bin', why: 'keeps a jail of bastille on its processors', power: 'it moves any process' },
  { name: 'fetch', folder: '/usr/bin', why: 'fetches releases and their MANIFEST', power: 'it writes anywhere', isRoot: true },
  { name: 'sha256', folder: '/sbin', why: 'compares what was fetched with its MANIFEST' },
  {
    name: 'mdconfig',
    folder: '/sbin',
    why: 'attaches the image of an installation disc',
    power: 'it gives any file as a disk',
  },
  {
    name: 'bastille',
    folder: '/usr/local/bin',
    why: 'jails and releases of bastille',
    power: 'hooks of a jail run on the host',
    isRoot: true,
  },
  {
    name: 'iocage',
    folder: '/usr/local/bin',
    why: 'jails and releases of iocage',
    power: 'hooks of a jail run on the host',
    isRoot: true,
  },
  { name: 'ipfw', folder: '/sbin', why: 'host check: whether addresses are translated', power: "it changes the host's firewall" },
  { name: 'pfctl', folder: '/sbin', why: 'host check: whether addresses are translated', power: "it changes the host's firewall" },
]

/** The only paths that a program may be started by: FreeBSD's own, or, where a layout has other folders, those. */
export function programPaths({ programFolders }: Pick<Layout, 'programFolders'>): string[] {
  return hostPrograms.flatMap(({ name, folder }) =>
    programFolders.includes(folder) ? [`${folder}/${name}`] : programFolders.map((other) => `${other}/${name}`),
  )
}

/**
 * Where jailops changes files itself, besides its own folder. Each folder must be there: it is not made by the agent. A path that ends in
 * `*` stands for the files of its folder that are named so.
 */
export function writableRoots(layout: Layout): { path: string; mode: string; why: string; isFile?: true }[] {
  const { jailRoots, trash, jailConfFolder, haproxy, nginxFront } = layout
  const below = [
    { path: trash, mode: '700', why: 'what was destroyed' },
    { path: layout.archives, mode: '700', why: 'exported jails' },
    { path: layout.releases, mode: '700', why: 'what new jails are made from' },
    { path: `${layout.bastille.prefix}/jails`, mode: '700', why: "bastille's jails" },
    { path: layout.ezjail.jails, mode: '755', why: "ezjail's jails" },
  ]
  return [
    { path: jailRoots, mode: '700', why: 'the jails, and what a new one is filled in' },
    ...below.filter(({ path }) => path !== jailRoots && !path.startsWith(`${jailRoots}/`)),
    { path: jailConfFolder, mode: '755', why: 'one configuration a jail' },
    ...(layout.proxy === 'nginx'
      ? ([
          { path: nginxFront.folder, mode: '755', why: "nginx's files: one a jail, and the maps of host names" },
          {
            path: `${nginxFront.configuration}*`,
            mode: '644',
            why: 'nginx: the main file includes them; a copy is tried first',
            isFile: true,
          },
          { path: nginxFront.logFolder, mode: '750', why: "nginx's log of requests, for its own group to see" },
          { path: nginxFront.newsyslogFolder, mode: '755', why: 'nginx: how long that log may become' },
        ] as const)
      : ([
          { path: haproxy.configFolder, mode: '755', why: "HAProxy's files: one a jail, and the map of host names" },
          { path: haproxy.usualFile, mode: '644', why: "one marked block in the host's own file for HAProxy", isFile: true },
        ] as const)),
    { path: layout.ezjail.configurations, mode: '755', why: "a control file for each of ezjail's jails" },
    { path: `${layout.iocage.root}/jails`, mode: '755', why: "an fstab for each of iocage's jails" },
    { path: `${layout.ezjail.fstabFolder}/fstab.*`, mode: '644', why: "what is mounted in each of ezjail's jails", isFile: true },
    { path: layout.rctlConf, mode: '644', why: 'limits of jails at boot', isFile: true },
    ...(layout.marks.startsWith(`${jailRoots}/`)
      ? []
      : [{ path: layout.marks, mode: '600', why: 'which jails are ours', isFile: true } as const]),
  ]
}
