import { passLostConnection, toJailopsError } from '../../core/errors.ts'
import type { TheirProxy } from '../../core/proxy.ts'
import { isYes, rcVariable } from '../facts/boot.ts'
import { observeTheirs } from '../facts/their-proxy.ts'
import { mustHaveBlock } from '../proxy/adopt/their-block.ts'
import { createHaproxySocket } from '../proxy/socket.ts'
import { answerOf, good, itSaid, lacks, type Look, type Seen, shown, unknown, warning } from './look.ts'

/** The oldest that jailops's own files were tried with. */
const oldest = [2, 6] as const

export async function checkHaproxy(look: Look): Promise<Seen[]> {
  if (!(await look.programs()).has('haproxy')) {
    return [lacks('HAProxy is not installed; jails can be made, but no site can be routed to them.', 'pkg install -y haproxy')]
  }
  return [await version(look), ...(await service(look))]
}

/** Without HAProxy nobody should answer where it is to listen; a web server of the host's own often does. */
async function taken({ shell, layout }: Look): Promise<Seen[]> {
  const { bindAddress: address, bindPort: port } = layout.haproxy
  const answered = await shell.httpGet({ address, port, path: '/', hostHeader: address, timeoutSeconds: 3 }).catch((error: unknown) => {
    passLostConnection(error)
    return undefined
  })
  if (answered === undefined) return []
  return [
    lacks(
      `Something else answers at ${address}:${port} (with ${answered.status}), so HAProxy cannot listen there; an nginx of the host's own, say.`,
      `sockstat -l -P tcp -p ${port}   # says what it is; stop it, or let it listen elsewhere`,
    ),
  ]
}

async function version(look: Look): Promise<Seen> {
  const answer = await answerOf(look, 'haproxy', '-v')
  const [, text, major, minor] = /^HA-?Proxy version ((\d{1,3})\.(\d{1,3})[\w.+~-]*)/.exec(answer.stdout.slice(0, 500)) ?? []
  if (answer.exitCode !== 0 || text === undefined) return unknown(`HAProxy is installed, but tells no version: ${itSaid(answer)}.`)
  const isOld = Number(major) < oldest[0] || (Number(major) === oldest[0] && Number(minor) < oldest[1])
  if (isOld)
    return lacks(
      `HAProxy ${shown(text)} is older than ${oldest.join('.')}, with which jailops's files were tried.`,
      'pkg upgrade -y haproxy',
    )
  return good(`HAProxy ${shown(text)} is installed.`)
}

async function service(look: Look): Promise<Seen[]> {
  const { shell, layout } = look
  const { configFolder, socket } = layout.haproxy
  const [enable, config] = await Promise.all([rcVariable(shell, 'haproxy_enable'), rcVariable(shell, 'haproxy_config')])
  const running = await createHaproxySocket(shell, socket)
    .info()
    .then(
      (info) => ({ version: info.get('Version') ?? '' }),
      (error: unknown) => {
        passLostConnection(error)
        return { problem: toJailopsError(error).message }
      },
    )
  if (!isYes(enable)) return 'version' in running ? [notEnabled()] : [notYet, ...(await taken(look))]
  const theirs = await observeTheirs(shell, layout, config)
  if (theirs !== undefined) {
    const problem = problemWith(theirs)
    if (problem !== undefined) return [problem]
  }
  if ('version' in running) {
    const beside = theirs === undefined ? '' : `, with ${shown(theirs.path)} as the host's own part of it,`
    return [good(`HAProxy ${shown(running.version)} runs by ${configFolder}${beside} and answers at ${socket}.`)]
  }
  return [
    lacks(
      `HAProxy is switched on, but nobody answers at its run-time socket ${socket}, without which no route can be changed (${shown(running.problem)}).`,
      `haproxy -c -f ${configFolder}`,
      'service haproxy restart',
    ),
    ...(await taken(look)),
  ]
}

/** What a person would be told by /proxy add. */
function problemWith(theirs: TheirProxy): Seen | undefined {
  try {
    mustHaveBlock(theirs)
    return undefined
  } catch (error) {
    return lacks(
      `HAProxy is switched on with ${shown(theirs.path)}, so /proxy add refuses. ${toJailopsError(error).message}`,
      '# in the chat: /proxy adopt dryRun:true shows what jailops would do, /proxy adopt does it',
    )
  }
}

function notEnabled(): Seen {
  return warning(
    'HAProxy runs, but rc.conf does not switch it on: after a reboot no site is reached until the next /proxy add.',
    'sysrc haproxy_enable=YES',
  )
}

const notYet = good('HAProxy is not switched on yet; the first /proxy add sets it up and starts it.')
