import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { parseUntil, showMoment } from '../../src/core/until.ts'
import { refusal } from './refusal.ts'

const noon = Date.parse('2026-11-24T12:00:00Z')
const hour = 3_600_000
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham', 'Australia/Lord_Howe']

describe('how long', () => {
  it.each([
    ['2h', 2 * hour],
    ['90m', 1.5 * hour],
    ['1d', 24 * hour],
    ['7d', 7 * 24 * hour],
    ['168H', 7 * 24 * hour],
    [' 5 m ', 5 * 60_000],
  ])('%j', (text, span) => {
    expect(parseUntil(text, noon, 'Europe/Berlin') - noon).toBe(span)
  })

  it.each([
    '',
    '0h',
    '8d',
    '169h',
    '2',
    'h',
    '2w',
    '-2h',
    '1.5h',
    '99999999h',
    '24:00',
    '12:60',
    '1:2',
    'tomorrow',
    'all',
    'a;b',
    '\u202E2h',
    '9'.repeat(10_000),
  ])('refuses %j, with examples', (text) => {
    const refused = refusal(() => parseUntil(text, noon, 'UTC'))
    expect([refused.code, refused.message]).toEqual(['bad_argument', expect.stringMatching(/90m.*18:00.*7 days/)])
    expect(refused.message.length).toBeLessThan(200)
  })

  it.each([
    ['1h30m', '90m'],
    ['1w', '7d'],
    ['1d 12h', undefined],
    ['1D12H', '36h'],
    ['2h60m', '3h'],
    ['24h0m', '1d'],
    ['2w', undefined],
    ['8d', undefined],
    ['0h0m', undefined],
    ['1h30', undefined],
  ])('%s is refused, with how to write it', (text, right) => {
    const { message } = refusal(() => parseUntil(text, noon, 'UTC'))
    expect(/That is (.*)\.$/.exec(message)?.[1]).toBe(right)
    if (right !== undefined) expect(parseUntil(right, noon, 'UTC')).toBeGreaterThan(noon)
  })

  it('ends with a full minute, which is what is shown', () => {
    expect(parseUntil('1m', noon + 56_000, 'UTC')).toBe(noon + 2 * 60_000)
  })

  it('is a moment within 7 days or a refusal, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...zones), (text, zone) => {
        try {
          const moment = parseUntil(text, noon, zone)
          expect(moment > noon && moment <= noon + 7 * 24 * hour).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(JailopsError)
        }
      }),
    )
  })
})

describe('an hour', () => {
  it.each([
    ['18:00', 'UTC', '2026-11-24T18:00:00Z'],
    ['18:00', 'Europe/Berlin', '2026-11-24T17:00:00Z'],
    ['12:00', 'UTC', '2026-11-25T12:00:00Z'],
    ['9:05', 'UTC', '2026-11-25T09:05:00Z'],
    ['00:00', 'Europe/Berlin', '2026-11-24T23:00:00Z'],
    ['17:31', 'Asia/Kolkata', '2026-11-24T12:01:00Z'],
  ])('%s in %s is the next one there', (text, zone, moment) => {
    expect(new Date(parseUntil(text, noon, zone))).toEqual(new Date(moment))
  })

  it.each([
    // clocks go back at 03:00 on 25 October 2026, and forward at 02:00 on 28 March 2027
    ['after clocks went back', '2026-10-24T20:00:00Z', '18:00', '2026-10-25T17:00:00Z'],
    ['after clocks went forward', '2027-03-27T20:00:00Z', '18:00', '2027-03-28T16:00:00Z'],
    ['that clocks leave out comes that much later', '2027-03-28T00:00:00Z', '02:30', '2027-03-28T01:30:00Z'],
  ])('%s', (_, now, text, moment) => {
    expect(new Date(parseUntil(text, Date.parse(now), 'Europe/Berlin'))).toEqual(new Date(moment))
  })

  it('is shown as it was said, and within about a day, at any time anywhere', () => {
    const times = fc.record({ hour: fc.nat(23), minute: fc.nat(59) })
    fc.assert(
      // in February no zone here changes its clocks
      fc.property(fc.integer({ min: 0, max: 20 * 24 * hour }), times, fc.constantFrom(...zones), (since, time, zone) => {
        const now = Date.parse('2027-02-02T00:00:00Z') + since
        const text = `${String(time.hour).padStart(2, '0')}:${String(time.minute).padStart(2, '0')}`
        const moment = parseUntil(text, now, zone)
        expect(showMoment(moment, zone)).toContain(` ${text} (${zone})`)
        expect(moment > now && moment <= now + 24 * hour).toBe(true)
      }),
    )
  })
})

it('a moment is shown with its day and its zone', () => {
  expect(showMoment(Date.parse('2026-11-24T17:00:00Z'), 'Europe/Berlin')).toBe('24 Nov 18:00 (Europe/Berlin)')
})
