import { describe, expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { noProxy, type ProxyFacts } from '../../src/core/proxy.ts'
import type { About } from '../../src/core/proxy-status.ts'
import { haproxyStatusSource } from '../../src/host/facts/haproxy-status.ts'
import { observeProxyStatus } from '../../src/host/facts/proxy-status.ts'
import { backendText, type ServerLine } from '../../src/host/proxy/backend-file.ts'
import { testLayout } from './facts-helper.ts'

const titles =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,addr,'

/** A line of the CSV with these fields, in that order of columns. */
function row(fields: Record<string, string | number>): string {
  return titles
    .slice(2)
    .split(',')
    .map((title) => fields[title] ?? '')
    .join(',')
}

interface Host {
  /** Rows of frontends and backends. */
  rows: string[]
  servers?: Record<string, string[]>
  hosts: Record<string, string>
  files?: Record<string, string>
}

const names = (count: number) => Array.from({ length: count }, (_, at) => `jail_j${at}`)
const up = (pxname: string, more: Record<string, string | number> = {}) =>
  row({ pxname, svname: 'BACKEND', status: 'UP', act: 1, bck: 0, rate: 0, stot: 0, ...more })
const server = (pxname: string, svname: string, more: Record<string, string | number> = {}) =>
  row({
    pxname,
    svname,
    status: 'UP',
    check_status: '* L7OK',
    check_code: 200,
    check_duration: 3,
    lastchg: 60,
    last_chk: '"Layer7, ok"',
    addr: '10.0.0.5:80',
    ...more,
  })
const fileOf = (backend: string, jails: string[]) => ({
  [`20-${backend}.cfg`]: backendText(
    backend,
    jails.map((jail, at) => ({ server: jail, jail, place: { address: `10.0.0.${at + 5}`, port: 80 }, weight: 100 })),
  ),
})

/** A shell that knows HAProxy's socket, our files, and what it was asked. */
function hostOf({ rows, servers = {}, hosts, files = {} }: Host) {
  const asked: string[] = []
  const pages: string[] = []
  const answerTo = (command: string): string => {
    if (command === 'show info') return 'Name: HAProxy\nVersion: 2.6.12\nUptime_sec: 60\nCurrConns: 3\nMaxconn: 2000\n\n'
    if (command === 'show stat -1 3 -1') return `${[titles, ...rows].join('\n')}\n\n`
    if (command.startsWith('show table'))
      return '# table: clients, type: string\n0x1: key=a.example.com|10.0.0.1 use=0 http_req_rate(10000)=9\n0x2: key=b.example.com|10.0.0.1 use=0 http_req_rate(10000)=9\n'
    return `${[titles, ...(servers[/^show stat (\S+) 4 -1$/.exec(command)?.[1] ?? ''] ?? [])].join('\n')}\n\n`
  }
  const shell: Parameters<typeof haproxyStatusSource>[0] = {
    exchange: async (_socket, text) => {
      asked.push(text)
      return text.trim().split('; ').map(answerTo).join('')
    },
    readFile: async (path) => {
      const name = path.split('/').at(-1) ?? ''
      return name === 'hosts.map'
        ? Object.entries(hosts)
            .map((pair) => pair.join(' '))
            .join('\n')
        : files[name]
    },
    httpGet: async ({ address, port }) => {
      pages.push(`${address}:${port}`)
      return { status: 200, body: 'Active connections: 1 \nserver accepts handled requests\n 7 7 9 \nReading: 0 Writing: 1 Waiting: 2 \n' }
    },
  }
  return { shell, asked, pages }
}

const look = async (host: Host, about?: About, proxy?: Partial<ProxyFacts>) => {
  const { shell, ...seen } = hostOf(host)
  const facts = proxy === undefined ? undefined : Promise.resolve({ ...noProxy, ...proxy })
  const status = await observeProxyStatus(haproxyStatusSource(shell, testLayout), about, facts)
  if (status === undefined) throw new Error('HAProxy is there')
  return { status, ...seen }
}

describe('what HAProxy says of itself and of those behind it', () => {
  it('is not there while it is silent', async () => {
    const { shell } = hostOf({ rows: [], hosts: {} })
    const silent = { ...shell, exchange: () => Promise.reject(new JailopsError('step_failed', 'no such socket')) }
    expect(await observeProxyStatus(haproxyStatusSource(silent, testLayout))).toBeUndefined()
  })

  it('is refused where it is something else', async () => {
    const { shell } = hostOf({ rows: [], hosts: {} })
    const other = { ...shell, exchange: async () => 'Permission denied\n' }
    await expect(observeProxyStatus(haproxyStatusSource(other, testLayout))).rejects.toMatchObject({ code: 'step_failed' })
  })

  it('is of what sites lead to: spare slots and our own helpers are not counted', async () => {
    const { status, asked } = await look({
      rows: [
        row({ pxname: 'web', svname: 'FRONTEND', req_rate: 35 }),
        up('none'),
        up('slot_01', { status: 'DOWN', act: 0 }),
        up('slot_02', { scur: 2, rate: 5, stot: 9, hrsp_4xx: 1, hrsp_5xx: 2, qcur: 3, downtime: 4 }),
      ],
      servers: { slot_02: [server('slot_02', 's')] },
      hosts: { 'a.example.com': 'slot_02', 'b.example.com': 'slot_02' },
      files: {
        '20-slot_02.cfg': backendText('slot_02', [{ server: 's', jail: 'blog', place: { address: '10.0.0.5', port: 80 }, weight: 100 }]),
      },
    })
    expect(status).toMatchObject({
      version: '2.6.12',
      connections: 3,
      maxConnections: 2000,
      requestsPerSecond: 35,
      count: 1,
      otherProblems: 0,
      requests: 9,
      errors5xx: 2,
    })
    expect(status.backends).toMatchObject([
      {
        name: 'slot_02',
        sites: ['a.example.com', 'b.example.com'],
        status: 'UP',
        sessions: 2,
        rate: 5,
        errors4xx: 1,
        errors5xx: 2,
        queue: 3,
        downSeconds: 4,
      },
    ])
    expect(status.backends[0]?.servers).toMatchObject([
      { jail: 'blog', address: '10.0.0.5', check: 'L7OK/200 in 3 ms', since: 60, nginx: { figures: { active: 1, waiting: 2 } } },
    ])
    expect(asked.join()).not.toContain('slot_01')
  })

  it.each([
    [['UP', 'UP 1/3'], 2, 'UP', 0],
    [['UP', 'DOWN'], 1, '1 of 2 UP', 1],
    [['UP', 'DRAIN'], 1, '1 of 2 UP', 1],
    [['DOWN', 'MAINT'], 0, 'DOWN', 1],
    [['MAINT (resolution)', 'MAINT'], 0, 'MAINT', 1],
    [['DRAIN', 'DRAIN'], 0, 'DRAIN', 1],
    [['no check', 'no check'], 2, 'no check', 0],
  ])('%j behind one site is %s', async (words, usable, wanted, problems) => {
    // what is wrong is looked at also where ten others are busier
    const busier = names(problems * 10)
    const { status } = await look({
      rows: [...busier.map((name) => up(name, { rate: 9 })), up('site_1', { act: usable, status: usable === 0 ? 'DOWN' : 'UP' })],
      servers: { site_1: words.map((word, at) => server('site_1', `j${at}`, { status: word })) },
      hosts: { ...Object.fromEntries(busier.map((name) => [`${name}.example.com`, name])), 'a.example.com': 'site_1' },
      files: fileOf('site_1', ['j0', 'j1']),
    })
    expect(status.backends.find(({ name }) => name === 'site_1')?.status).toBe(wanted)
  })

  it.each<[string, Partial<ServerLine>, string, string]>([
    ['drained by a person before it began', { weight: 0 }, 'UP', 'DRAIN'],
    ['drained by a request before it began', { isDrained: true }, 'UP', 'DRAIN while a request works on it'],
    ['drained by a request', { isDrained: true }, 'DRAIN', 'DRAIN while a request works on it'],
    ['stopped by a request', { isDrained: true }, 'DOWN', 'DOWN while a request works on it'],
    ['found alive once', {}, 'UP 1/3', 'UP 1/3'],
  ])('a server that was %s says so', async (_, line, word, wanted) => {
    const place = { address: '10.0.0.5', port: 80 }
    const { status } = await look({
      rows: [up('jail_blog', { act: 0, status: 'DOWN' })],
      servers: { jail_blog: [server('jail_blog', 'blog', { status: word })] },
      hosts: { 'a.example.com': 'jail_blog' },
      files: { '20-jail_blog.cfg': backendText('jail_blog', [{ server: 'blog', jail: 'blog', place, weight: 100, ...line }]) },
    })
    expect(status.backends[0]).toMatchObject({ status: wanted.split(' ', 1)[0], servers: [{ status: wanted }] })
  })

  it('says that a backend is missing, and that nothing was asked of a name that could mean something else', async () => {
    const { status, asked } = await look({
      rows: [up('jail_a b;x')],
      hosts: { 'a.example.com': 'jail_gone', 'b.example.com': 'jail_a b;x' },
    })
    expect(status.backends.map((one) => one.status)).toEqual(['missing', 'missing'])
    expect(asked).toEqual(['show info; show stat -1 3 -1\n'])
  })

  it('looks closely at who may be failing, however calm, and counts that for no problem: it may be long over', async () => {
    const busy = names(20)
    const { status } = await look({
      rows: [
        ...busy.map((name) => up(name, { rate: 9 })),
        up('jail_a', { stot: 100, hrsp_5xx: 5 }),
        up('jail_b', { stot: 100, hrsp_5xx: 4 }),
        up('jail_c', { stot: 5, hrsp_5xx: 5 }),
      ],
      hosts: {
        ...Object.fromEntries(busy.map((name) => [`${name}.example.com`, name])),
        'a.example.com': 'jail_a',
        'b.example.com': 'jail_b',
        'c.example.com': 'jail_c',
      },
    })
    expect(status.backends.map(({ name }) => name).filter((name) => !busy.includes(name))).toEqual(['jail_a'])
    expect(status.otherProblems).toBe(0)
  })

  it('of 10,000 backends looks at few closely, and asks the nginx of no others', async () => {
    const all = names(10_000)
    const hosts = Object.fromEntries(all.map((name) => [`${name.slice(5)}.example.com`, name]))
    const rows = all.map((name, at) => up(name, { rate: at % 5000, ...(at >= 9000 && { status: 'DOWN', act: 0 }) }))
    const servers = Object.fromEntries(all.map((name, at) => [name, [server(name, name.slice(5), at >= 9000 ? { status: 'DOWN' } : {})]]))
    const files = Object.assign({}, ...all.map((name) => fileOf(name, [name.slice(5)])))
    const { status, asked, pages } = await look({ rows, servers, hosts, files })
    expect([status.count, status.otherProblems, status.backends.length]).toEqual([10_000, 980, 30])
    expect(status.backends.slice(20).map(({ rate }) => rate)).toEqual([4999, 4998, 4997, 4996, 4995, 4994, 4993, 4992, 4991, 4990])
    expect(pages).toHaveLength(10)
    expect(asked).toHaveLength(2)
    expect(status.figures('jail_j77')).toMatchObject({ rate: 77, isUp: true })
    expect(status.figures('jail_j')).toBeUndefined()
  })

  it('of one site or jail looks at that, however calm it is, and at who is beyond its limit', async () => {
    const hosts = Object.fromEntries([
      ...names(30).map((name): [string, string] => [`${name.slice(5)}.example.com`, name]),
      ['a.example.com/app', 'jail_j3'],
    ])
    const host = { rows: names(30).map((name) => up(name, { rate: 9 })), hosts }
    const settings = { 'a.example.com': { limit: 5 } }
    const ofSite = await look(host, { sites: ['a.example.com'] }, { settings })
    expect(ofSite.status.backends.map(({ name }) => name)).toEqual(['jail_j3'])
    expect(ofSite.status.overLimit).toBe(1)
    expect(ofSite.asked.at(-1)).toBe('show table clients data.http_req_rate gt 5\n')
    const backends = [{ name: 'jail_j7', targets: [{ jail: 'blog', weight: 100, address: '10.0.0.5' }], isSpare: false, isStale: false }]
    const ofJail = await look(host, { jails: ['blog'] }, { backends })
    expect(ofJail.status.backends.map(({ name }) => name)).toEqual(['jail_j7'])
    expect(ofJail.status.overLimit).toBeUndefined()
  })
})
