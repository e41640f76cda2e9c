import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { isAlive, runReal, signal, waitForEnd } from '../real.ts'
import { refuseOption } from '../refuse.ts'
import type { NginxHands } from '../service/nginx.ts'
import { nginxConf } from './nginx.ts'
import { nginxFiles } from './package.ts'

/* nginx on the host itself: the machine's real one, on files that name their real places, as HAProxy's do. */

/** What the package lays down, but for the sample site: it would listen at port 80 of this machine. */
export function installHostNginx(host: string): void {
  put(join(host, 'usr/local/etc/rc.d/nginx'), '#!/bin/sh\n# lab: imitated, see src/lab/service/nginx.ts\n', 0o755)
  const mime = nginxFiles.find(([path]) => path.endsWith('/mime.types'))
  put(join(host, 'usr/local/etc/nginx/mime.types'), mime?.[1].text ?? '', 0o644)
  put(join(host, nginxConf), configuration(host), 0o644)
  for (const folder of ['var/log/nginx', 'var/tmp/nginx', 'var/run']) mkdirSync(join(host, folder), { recursive: true })
}

function configuration(host: string): string {
  const isRoot = process.getuid?.() === 0
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `    ${name}_temp_path ${host}/var/tmp/nginx/${name}_temp;`,
  )
  return `# lab: what FreeBSD's nginx has compiled in
pid ${host}/var/run/nginx.pid;
error_log ${host}/var/log/nginx/error.log;
${isRoot ? `user root ${process.platform === 'linux' ? 'root' : 'wheel'};\n` : ''}
worker_processes  1;

events {
    worker_connections  1024;
}

http {
    # lab: compiled in, too
${temporary.join('\n')}
    access_log ${host}/var/log/nginx/access.log;

    include       mime.types;
    default_type  application/octet-stream;
    sendfile        on;
    keepalive_timeout  65;
}
`
}

function put(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) writeFileSync(path, text, { mode })
}

/** nginx(8): its version, and the check of a configuration. Running is the rc script's work. */
export async function nginxOnHost(host: Host, call: Call): Promise<number> {
  const { args } = call
  const conf = args.indexOf('-c')
  const rest = args.filter((_, index) => conf < 0 || (index !== conf && index !== conf + 1))
  const isVersion = rest.length === 1 && (rest[0] === '-v' || rest[0] === '-V')
  if (!isVersion && (!rest.some((arg) => arg === '-t' || arg === '-T') || rest.some((arg) => !['-t', '-T', '-q'].includes(arg))))
    return refuseOption('nginx', rest.join(' '))
  return runNginx(host, call, rest, conf < 0 ? nginxConf : (args[conf + 1] ?? ''))
}

export function nginxHandsOf(host: Host): NginxHands {
  const pidFile = toReal(host.paths, '/var/run/nginx.pid')
  const running = () => {
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').trim()) : 0
    return pid > 1 && isAlive(pid) ? { pid } : undefined
  }
  return {
    running,
    test: (call) => runNginx(host, call, ['-t']),
    async start(call) {
      const code = await runNginx(host, call, [])
      const started = running()
      if (started !== undefined) host.guard.add(guardName, started.pid)
      return code
    },
    reload: ({ pid }) => signal(pid, 'SIGHUP'),
    async stop({ pid }) {
      signal(pid, 'SIGTERM')
      await waitForEnd(pid, 3000)
      host.guard.remove(guardName)
    },
  }
}

const guardName = 'nginx-of-the-host'

async function runNginx({ paths }: Host, call: Call, args: string[], conf = nginxConf): Promise<number> {
  const errorLog = join(paths.host, 'var/log/nginx/error.log')
  const { code, text } = await runReal('nginx', ['-c', toReal(paths, conf), '-e', errorLog, '-p', `${paths.host}/usr/local/`, ...args], {
    cwd: '/',
  })
  if (code === 0 && args.includes('-T')) call.out(text)
  else call.err(text)
  return code
}

/** pgrep(1) among the processes of the host's nginx, by what they call themselves. */
export async function pgrep(host: Host, call: Call): Promise<number> {
  const [flag, jail, byTitle, pattern, ...more] = call.args
  if (flag !== '-j' || jail !== 'none' || byTitle !== '-f' || pattern === undefined || more.length > 0) {
    return refuseOption('pgrep', call.args.join(' '))
  }
  const master = nginxHandsOf(host).running()?.pid
  const { text } = await runReal('ps', ['-axo', 'pid=,ppid=,command='], { cwd: '/' })
  const found = text.split('\n').flatMap((line) => {
    const [, pid = '', parent, title = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(parent) === master && new RegExp(pattern).test(title.trimEnd()) ? [pid] : []
  })
  call.out(found.map((pid) => `${pid}\n`).join(''))
  return found.length > 0 ? 0 : 1
}
