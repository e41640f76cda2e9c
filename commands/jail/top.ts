import { z } from 'zod'
import { defineCommand, jailName, JailopsError } from 'jailops'

export default defineCommand({
  path: 'jail top',
  summary: 'What runs in a jail now, and what it takes',
  permission: 'jail.top',
  risk: 'read',
  example: 'jail top blog',
  needs: ['jails'],
  args: z.object({
    jail: jailName.describe('which jail'),
    processes: z.int().min(1).max(200).default(20).describe('how many; the 20 busiest if not given'),
  }),
  looks({ args, facts }) {
    const { kernelName } = facts.runningJail(args.jail)
    return {
      processes: { argv: ['ps', '-w', '-w', '-J', kernelName, '-o', 'pid,user,%cpu,%mem,rss,time,command'] },
      ...(facts.canLimit && { usage: { argv: ['rctl', '-u', `jail:${kernelName}`] } }),
    }
  },
  query({ args, facts }) {
    const { stdout, stderr } = facts.look('processes')
    const [header = '', ...lines] = stdout.split('\n')
    // ps says 1 also where nothing runs: only without its header it has not answered
    if (!header.includes('PID'))
      throw new JailopsError('host_not_ready', `ps gives no answer: ${stderr.trim().slice(0, 300) || 'it said nothing'}`)
    const processes = lines.flatMap(readProcess).toSorted((one, other) => other.cpu - one.cpu || other.kilobytes - one.kilobytes)
    const shown = processes.slice(0, args.processes)
    const total = (of: 'cpu' | 'kilobytes') => processes.reduce((sum, one) => sum + one[of], 0)
    return {
      title: `${processes.length} ${processes.length === 1 ? 'process runs' : 'processes run'} in ${args.jail}`,
      fields: [
        { name: 'CPU', value: `${total('cpu').toFixed(1)} %` },
        { name: 'Memory', value: megabytes(total('kilobytes')) },
        ...usageOf(facts.looked['usage']?.stdout ?? ''),
      ],
      table: {
        columns: ['pid', 'user', 'cpu', 'memory', 'time', 'command'],
        rows: shown.map(({ pid, user, cpu, kilobytes, time, command }) => [
          pid,
          user,
          `${cpu.toFixed(1)} %`,
          megabytes(kilobytes),
          time,
          command,
        ]),
      },
    }
  },
})

function readProcess(line: string) {
  const [, pid, user = '', cpu = '', , kilobytes = '', time = '', command = ''] =
    /^\s*(\d+)\s+(\S+)\s+([\d.]+)\s+([\d.]+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
  return pid === undefined ? [] : [{ pid, user, cpu: Number(cpu), kilobytes: Number(kilobytes), time, command: command.slice(0, 120) }]
}

function megabytes(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(1)} MB`
}

/** What the kernel itself counts, where it does: `memoryuse=1234`, a line each. */
function usageOf(text: string): { name: string; value: string }[] {
  const counted: Record<string, string> = {
    memoryuse: 'Counted memory',
    pcpu: 'Counted CPU',
    maxproc: 'Counted processes',
    openfiles: 'Open files',
  }
  return text.split('\n').flatMap((line) => {
    const [, key = '', value = ''] = /^([a-z]+)=(\d+)$/.exec(line.trim()) ?? []
    const name = counted[key]
    if (name === undefined) return []
    return [{ name, value: key === 'memoryuse' ? megabytes(Number(value) / 1024) : key === 'pcpu' ? `${value} %` : value }]
  })
}
