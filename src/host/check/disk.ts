import { dirname } from 'node:path/posix'
import { answerOf, good, itSaid, lacks, type Look, type Seen, unknown, warning } from './look.ts'

/** A base of FreeBSD 15 unpacks to between half and one and a half GB: below the first there is no room for one jail, below the second for few. */
const jails = { lacks: 1024, warning: 5120 }
/** The journal is written before every step, and HAProxy, pkg and syslogd write there too: without room nothing is changed any more. */
const records = { lacks: 64, warning: 512 }
const usualFolder = '/var/db/jailops'

export async function checkDisk(look: Look): Promise<Seen[]> {
  const { shell, layout, target } = look
  const folder = target?.folder ?? usualFolder
  const [forJails, forRecords] = await Promise.all([shell.freeMegabytes(layout.jailRoots), shell.freeMegabytes(folder)])
  return [
    room(
      forJails,
      jails,
      `for jails below ${layout.jailRoots}`,
      'a new jail takes about one GB',
      `du -xsh ${layout.jailRoots}/* ${layout.trash}/*`,
    ),
    room(forRecords, records, `for records where ${folder} is`, 'what is about to be changed is noted first', 'du -xsh /var/*'),
    await trashBeside(look),
  ]
}

function room(free: number, limits: typeof jails, where: string, why: string, remedy: string): Seen {
  const says = `${free} MB are free ${where}`
  if (free < limits.lacks) return lacks(`${says}; at least ${limits.lacks} MB are needed, because ${why}.`, remedy)
  if (free < limits.warning) return warning(`${says}; below ${limits.warning} MB it soon gets tight, because ${why}.`, remedy)
  return good(`${says}.`)
}

/** Destroy is a rename, and a rename never leaves its filesystem. */
async function trashBeside(look: Look): Promise<Seen> {
  const { jailRoots, trash } = look.layout
  const [rootPath, trashPath] = await Promise.all([nearest(look, jailRoots), nearest(look, trash)])
  const answer = await answerOf(look, 'df', '-kP', rootPath, trashPath)
  const [roots, bin] = answer.stdout.split('\n').slice(1).map(filesystemOf)
  if (answer.exitCode !== 0 || roots === undefined || bin === undefined) {
    return unknown(`Whether the trash lies on the filesystem of the jails is not known: ${itSaid(answer)}.`)
  }
  if (roots === bin) return good(`The trash ${trash} lies on the jails' own filesystem, so destroying a jail is a rename.`)
  return lacks(
    `The trash ${trash} lies on another filesystem than ${jailRoots}, so no jail can be destroyed: that is a rename.`,
    `# in jailops.yaml, for this host: layout.trash: ${jailRoots}/.trash`,
  )
}

/** What stands of the path: the trash is made when it is first needed. */
async function nearest({ shell }: Look, path: string): Promise<string> {
  for (let at = path; at !== '/'; at = dirname(at)) if ((await shell.stat(at)) !== undefined) return at
  return '/'
}

/** Device and mount point, of `device blocks used free capacity point`. */
function filesystemOf(line: string): string | undefined {
  const [, device, point] = /^(\S.*?)\s+\d+\s+-?\d+\s+-?\d+\s+-?\d+%\s+(\/.*)$/.exec(line.slice(0, 4096)) ?? []
  return device === undefined || point === undefined ? undefined : `${device} ${point}`
}
