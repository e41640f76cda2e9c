import { expect, test } from 'vitest'
import { loadOf, upFor } from '../../src/host/facts/host-status.ts'
import { addressesOf, parseExhibit } from '../../src/host/facts/jail-parameters.ts'
import { checkText } from '../../src/host/facts/haproxy-status.ts'
import { parseStubStatus } from '../../src/host/facts/site-status.ts'

test('what jail -e prints is read with its quotes and its bars', () => {
  const line = ['name=alpha', 'exec.start="/bin/sh -c \'exit 7\'"', 'exec.clean', 'ip4.addr=lo1|10.0.0.3/32', 'x="a\\"b"'].join('\u001f')
  const [jail] = parseExhibit(`${line}\n`)
  expect(jail?.name).toBe('alpha')
  expect(Object.fromEntries(jail?.parameters ?? [])).toMatchObject({
    'exec.start': "/bin/sh -c 'exit 7'",
    'exec.clean': '',
    'ip4.addr': 'lo1|10.0.0.3/32',
    x: 'a"b',
  })
})

test('addresses lose their interface and prefix; what is none is left out', () => {
  expect(addressesOf('lo1|10.0.0.3/32,10.0.0.4,em0|10.0.0.5/24')).toEqual(['10.0.0.3', '10.0.0.4', '10.0.0.5'])
  expect(addressesOf('inherit')).toEqual([])
  expect(addressesOf(undefined)).toEqual([])
})

test.each([
  ['L7OK', '200', '3', 'L7OK/200 in 3 ms'],
  ['L4CON', '', '0', 'L4CON in 0 ms'],
  ['', '', '', 'no check'],
])('%j, %j, %j reads %s', (checkStatus, checkCode, checkMilliseconds, text) => {
  expect(checkText({ checkStatus, checkCode, checkMilliseconds })).toBe(text)
})

test('nginx’s figures are read; anything else is none', () => {
  const body = 'Active connections: 1 \nserver accepts handled requests\n 7 7 9 \nReading: 0 Writing: 1 Waiting: 2 \n'
  expect(parseStubStatus(body)).toEqual({ active: 1, accepted: 7, requests: 9, reading: 0, writing: 1, waiting: 2 })
  expect(parseStubStatus('<html>')).toBeUndefined()
})

test.each([
  [' 9:41PM  up 24 mins, 0 users, load averages: 0.52, 0.58, 0.59\n', '24 mins', 0.52],
  [' 9:41PM  up 3 days,  2:05, 1 user, load averages: 12.00, 8, 4\n', '3 days,  2:05', 12],
  [' 21:41:02 up 24 min,  0 users,  load average: 1.25, 0.58, 0.59\n', '24 min', 1.25],
  ['cannot open /var/run/utmp\n', 'cannot open /var/run/utmp', undefined],
])('%j says how long it is up and under what load', (text, up, load) => {
  expect([upFor(text), loadOf(text)]).toEqual([up, load])
})
