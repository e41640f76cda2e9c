import { good, lacks, type Look, type Seen, warning } from './look.ts'

/** Where jails, their files and what they are made of lie. */
export async function checkFolders(look: Look): Promise<Seen[]> {
  return [await jailRoots(look), await configurations(look), await base(look)]
}

async function jailRoots({ shell, layout }: Look): Promise<Seen> {
  const { jailRoots: path } = layout
  const status = await shell.stat(path)
  if (status === undefined) return lacks(`The folder of the jails, ${path}, does not exist.`, `mkdir -m 700 ${path}`)
  if (status.kind !== 'folder')
    return lacks(`${path} is a ${status.kind} and not a folder, so jailops puts no jail there.`, `ls -ld ${path}`)
  if ((status.mode & 0o077) !== 0 && layout.confineTo === undefined) {
    const mode = status.mode.toString(8)
    return warning(
      `${path} has mode ${mode}: a user of the host who can reach a jail's root can become root with the help of one inside (jail(8), NOTES).`,
      `chmod 700 ${path}`,
    )
  }
  return good(`${path} is there${layout.confineTo === undefined ? ', closed to other users' : ''}.`)
}

async function configurations({ shell, layout }: Look): Promise<Seen> {
  const path = layout.jailConfFolder
  const status = await shell.stat(path)
  if (status === undefined) return lacks(`The folder of the jails' configurations, ${path}, does not exist.`, `mkdir -m 755 ${path}`)
  if (status.kind !== 'folder')
    return lacks(`${path} is a ${status.kind} and not a folder, so no jail can be configured there.`, `ls -ld ${path}`)
  if ((status.mode & 0o022) !== 0) {
    return lacks(
      `Others than its owner may write into ${path}: whoever writes a jail's configuration becomes root of the host.`,
      `chmod go-w ${path}`,
    )
  }
  return good(`${path} is there, for one file a jail.`)
}

/** What an unpacked base surely holds, and a folder of something else does not. */
const inEveryBase = 'etc/rc'

async function base({ shell, layout }: Look): Promise<Seen> {
  const path = layout.base
  const status = await shell.stat(path)
  if (status === undefined) return lacks(`There is nothing to make jails from at ${path}.`, ...getBase(path))
  if (status.kind === 'file') {
    const megabytes = Math.round(status.size / 2 ** 20)
    if (status.size === 0) return lacks(`The archive ${path} is empty.`, ...getBase(path))
    return isArchive(path)
      ? good(`Jails are unpacked from ${path} (${megabytes === 0 ? 'less than 1' : megabytes} MB).`)
      : lacks(`${path} is a file whose name does not end as an archive's (.txz, .tar.gz, .tar), so it would not be unpacked.`)
  }
  if (status.kind !== 'folder')
    return lacks(`${path} is a ${status.kind}; jails are copied from a folder or unpacked from an archive.`, `ls -ld ${path}`)
  if ((await shell.stat(`${path}/${inEveryBase}`)) === undefined)
    return lacks(`${path} holds no FreeBSD: it has no ${inEveryBase}.`, ...getBase(path))
  return good(`Jails are copied from ${path}.`)
}

/** As the driver of jail.conf tells an archive from a folder. */
function isArchive(path: string): boolean {
  return /\.(tar|t[gx]z|tar\.[a-z0-9]+)$/.test(path)
}

const releases = "https://download.freebsd.org/releases/$(uname -m)/$(uname -p)/$(freebsd-version -u | sed 's/-p[0-9]*$//')"

function getBase(path: string): string[] {
  const archive = isArchive(path) ? path : '/tmp/base.txz'
  return [
    `fetch -o ${archive} "${releases}/base.txz"`,
    `fetch -qo - "${releases}/MANIFEST" | grep base.txz; sha256 -q ${archive}   # the two must be the same`,
    ...(isArchive(path) ? [] : [`mkdir -p -m 755 ${path} && tar -xpf ${archive} -C ${path}`]),
  ]
}
