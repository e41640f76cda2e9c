import { describe, expect, it } from 'vitest'
import { parseArguments } from '../../src/core/arguments.ts'
import status from '../../commands/proxy/status.ts'
import type { Traffic } from '../../src/core/samples.ts'
import { refusal } from '../core/refusal.ts'
import { testLayout } from '../host/facts-helper.ts'
import { backendSeen, proxySeen, serverSeen } from './figures.ts'
import { answerOf, backendOfJail, jail, readyProxy, routeTo } from './say.ts'

const overall = (...args: Parameters<typeof proxySeen>) => answerOf(status, {}, { proxyStatus: proxySeen(...args) })
const sitesIn = (answer: ReturnType<typeof answerOf>) => answer.table?.rows.map(([site]) => site)

describe('proxy status of everything', () => {
  it('says the head line, and what is wrong before what is busy', () => {
    const answer = overall([
      backendSeen('calm', { rate: 1 }),
      backendSeen('busy', { rate: 9, requests: 500, errors4xx: 3, sessions: 4 }),
      backendSeen('drained', { status: 'DRAIN', servers: [serverSeen('drained', { status: 'DRAIN' })] }),
      backendSeen('ill', {
        status: 'DOWN',
        servers: [serverSeen('ill', { status: 'DOWN', check: 'L4CON in 0 ms', since: 30 })],
        downSeconds: 30,
      }),
    ])
    expect(answer.title).toBe('HAProxy 2.6.12: 2 of 4 have something wrong')
    expect(answer.text).toContain('12 of 2000 connections · 35 requests/s · 0.4 % of 1000 answered 5xx · last start or reload 2 h ago')
    expect(sitesIn(answer)).toEqual(['ill.example.com', 'drained.example.com', 'busy.example.com', 'calm.example.com'])
    expect(answer.table?.rows[0]).toEqual(['ill.example.com', 'ill 10.0.0.5', 'DOWN', '30 s', 'L4CON in 0 ms', '30 s', '0', '0', '0/0'])
    expect(answer.table?.rows[2]?.slice(6)).toEqual(['4', '9', '3/0'])
    // nobody waits, and no nginx was asked
    expect(answer.table?.columns).toEqual(['site', 'jail', 'status', 'since', 'check', 'down', 'now', 'req/s', '4xx/5xx'])
  })

  it('shows ten that are busy, and counts all others', () => {
    const backends = Array.from({ length: 10 }, (_, at) => backendSeen(`a${at}`, { rate: at }))
    const answer = overall(backends, { count: 224 })
    expect(answer.title).toBe('HAProxy 2.6.12: all 224 backends are UP')
    expect(sitesIn(answer)).toEqual([...backends.map(({ sites }) => sites[0]).toReversed(), '… and 214 more, all UP'])
  })

  it('counts problems that are not shown, and never says that these are up', () => {
    const ill = Array.from({ length: 20 }, (_, at) => backendSeen(`a${at}`, { status: 'DOWN' }))
    const answer = overall([...ill, backendSeen('well')], { count: 100, otherProblems: 70 })
    expect(answer.title).toContain('90 of 100 have something wrong')
    expect(sitesIn(answer)?.slice(20)).toEqual(['… and 70 more with something wrong', 'well.example.com', '… and 9 more, all UP'])
  })

  it('says nothing of errors that are over, and counts them for no problem', () => {
    const counts = { requests: 100, errors4xx: 0, errors5xx: 60, requestsLastMinute: 0, errors5xxLastMinute: 0, downToday: 0 }
    const traffic: Traffic = { since: 0, isSinceLook: false, seenAt: 0, backends: { jail_blog: counts } }
    const answer = answerOf(status, {}, { proxyStatus: proxySeen([backendSeen('blog', { requests: 100, errors5xx: 60 })]), traffic })
    expect(answer.title).toBe('HAProxy 2.6.12: the one backend is UP')
    expect(sitesIn(answer)).toEqual(['blog.example.com'])
  })

  it('shows nothing of all time beside "since you last looked", and of a spare backend nothing of the jail that had it before', () => {
    const traffic: Traffic = { since: 0, isSinceLook: true, seenAt: 0, backends: {} }
    const seen = proxySeen([backendSeen('blog', { requests: 100, errors4xx: 50, downSeconds: 30 })])

    const { table } = answerOf(status, {}, { proxyStatus: seen, traffic })

    expect(table?.columns).not.toContain('4xx/5xx')
    expect(table?.columns).not.toContain('down')
  })

  it('shows each jail behind a site of several, and what its nginx says', () => {
    const figures = { active: 3, accepted: 9, requests: 20, reading: 0, writing: 1, waiting: 2 }
    const servers = [
      serverSeen('blog', { nginx: { figures } }),
      serverSeen('blog2', {
        status: 'MAINT',
        address: '10.0.0.6',
        check: 'no check',
        nginx: { problem: 'nginx does not answer: refused' },
      }),
    ]
    const answer = overall([backendSeen('x', { sites: ['www.example.com', 'a.example.com'], status: '1 of 2 UP', servers })])
    expect(answer.table?.rows.map((row) => [row[0], row[1], row[2], row[4], row.at(-1)])).toEqual([
      ['www.example.com +1', '2 jails', '1 of 2 UP', '-', '-'],
      ['└', 'blog 10.0.0.5', 'UP', 'L7OK/200 in 3 ms', '3/0/1/2'],
      ['└', 'blog2 10.0.0.6', 'MAINT', 'no check', 'silent'],
    ])
  })

  it('counts since whoever asks looked last, where the worker keeps that, and shows what fails just now', () => {
    const counts = { requests: 100, errors4xx: 7, errors5xx: 30, requestsLastMinute: 50, errors5xxLastMinute: 10, downToday: 125 }
    const traffic: Traffic = { since: Date.UTC(2026, 10, 26, 5, 1), isSinceLook: true, seenAt: 0, backends: { jail_failing: counts } }
    const backends = [backendSeen('busy', { rate: 9 }), backendSeen('failing', { errors5xx: 9999, downSeconds: 1 })]
    const answer = answerOf(status, {}, { proxyStatus: proxySeen(backends), traffic })
    expect(answer.title).toContain('1 of 2 has something wrong')
    expect(answer.text).toContain('30.0 % of 100 answered 5xx')
    expect(answer.text).toContain("since you last looked, 2026-11-26 05:01 UTC; time down is today's")
    expect(answer.table?.rows[0]?.slice(0, 10)).toEqual([
      'failing.example.com',
      'failing 10.0.0.5',
      'UP',
      '2 h',
      'L7OK/200 in 3 ms',
      '2 min',
      '0',
      '0',
      '7/30',
    ])
  })

  it('says so where there is none, where there is no site, and of nginx, too', () => {
    expect(answerOf(status, {})).toMatchObject({ title: 'HAProxy is not running', text: expect.stringContaining('service haproxy start') })
    expect(overall([])).toMatchObject({ title: 'HAProxy 2.6.12: no sites yet' })
    expect(overall([]).table).toBeUndefined()
    expect(answerOf(status, {}, {}, { ...testLayout, proxy: 'nginx' }).title).toBe('nginx is not running')
  })
})

describe('proxy status of one', () => {
  const proxy = {
    ...readyProxy,
    routes: [routeTo('blog')],
    backends: [backendOfJail('blog')],
    settings: { 'blog.example.com': { owner: 'ana', limit: 50, allow: ['10.0.0.0/24'] } },
    certificates: [
      {
        site: '*.example.com',
        names: ['*.example.com'],
        path: '/x',
        startsAt: 0,
        expiresAt: Date.UTC(2027, 0, 5),
        issuer: 'R3',
        isRenewed: true,
      },
      { site: 'other.org', names: ['other.org'], path: '/y', startsAt: 0, expiresAt: 0, issuer: 'R4', isRenewed: false },
    ],
  }
  const observed = { jails: [jail()], proxy, proxyStatus: proxySeen([backendSeen('blog', { sessions: 2 })], { overLimit: 3 }) }

  it('says all of a site: who answers, its settings, its limit and its certificate', () => {
    const answer = answerOf(status, { site: 'blog.example.com' }, observed)
    expect(answer.title).toBe('blog.example.com: UP')
    expect(answer.fields).toEqual(
      expect.arrayContaining([
        { name: 'blog 10.0.0.5', value: 'UP for 2 h; L7OK/200 in 3 ms' },
        { name: 'Owner', value: 'ana' },
        { name: 'Limit', value: '50 requests of one client in 10 s; 3 clients are beyond it now' },
        { name: 'Only for', value: '10.0.0.0/24' },
        { name: 'Certificate', value: 'until 2027-01-05, by R3, renewed by jailops' },
      ]),
    )
    expect(answer.fields?.filter(({ name }) => name === 'Certificate')).toHaveLength(1)
  })

  it('says all of a jail, and finds the host that has it', () => {
    expect(answerOf(status, { site: 'blog' }, observed).title).toBe('blog: UP')
    expect(status.presume?.({ site: 'blog' })).toEqual({ jail: 'blog' })
    expect(status.presume?.({ site: 'blog.example.com' })).toEqual({})
    expect(answerOf(status, { site: 'blog' }, { ...observed, proxyStatus: proxySeen([]) }).title).toBe('No site leads to blog')
  })

  it('needs the files of the proxy only for one', () => {
    if (status.risk !== 'read') throw new Error('a question')
    expect(status.about?.({})).toEqual({})
    const { site } = parseArguments(status, { site: 'Blog.example.com/App' }).args
    expect(status.about?.({ site })).toEqual({ sites: ['blog.example.com/App'], needs: ['jails', 'proxy'] })
  })

  it('suggests what was meant, and takes no more than a name', () => {
    expect(refusal(() => answerOf(status, { site: 'blgo.example.com' }, observed)).message).toContain('Did you mean blog.example.com?')
    expect(refusal(() => answerOf(status, { site: 'blgo' }, observed)).message).toContain('Did you mean blog?')
    for (const site of ['a;disable server', 'a\nb', 'a b.c', ''])
      expect(refusal(() => answerOf(status, { site }, observed)).code).toBe('bad_argument')
  })
})
