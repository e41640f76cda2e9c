import * as fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import { layoutSchema } from '../../src/core/layout.ts'
import { chooseAddress, endpointOf } from '../../src/host/addresses.ts'
import { testFacts, testJail, testLayout } from './facts-helper.ts'

test('the lowest free address is chosen, and the first one of the pool is left to the host', () => {
  expect(chooseAddress(testFacts(), testLayout)).toBe('10.0.0.2')
  const facts = testFacts({ addresses: { taken: ['10.0.0.2'], interfaces: [] }, reservedByOthers: ['address:10.0.0.3', 'jail:blog'] })
  expect(chooseAddress(facts, testLayout)).toBe('10.0.0.4')
})

test('the address that this request chose before is kept, unless somebody has it by now', () => {
  const reservedHere = ['address:10.0.0.9', 'jail:blog']
  expect(chooseAddress(testFacts({ reservedHere }), testLayout)).toBe('10.0.0.9')
  expect(chooseAddress(testFacts({ reservedHere, addresses: { taken: ['10.0.0.9'], interfaces: [] } }), testLayout)).toBe('10.0.0.2')
})

test('a wanted address is refused with the name of its holder', () => {
  const facts = testFacts({ jails: [testJail('shop', { address: '10.0.0.7', state: 'stopped' })], reservedByOthers: ['address:10.0.0.8'] })
  expect(chooseAddress(facts, testLayout, '10.0.0.9')).toBe('10.0.0.9')
  expect(() => chooseAddress(facts, testLayout, '10.0.0.7')).toThrow(
    expect.objectContaining({ code: 'address_taken', message: expect.stringContaining('jail shop') }),
  )
  expect(() => chooseAddress(facts, testLayout, '10.0.0.8')).toThrow(
    expect.objectContaining({ code: 'address_taken', message: expect.stringContaining('open request') }),
  )
})

test.each(['10.0.0.0', '10.0.0.255', '10.0.1.1', '192.168.0.4', '10.0.0.256', '10.0.0', '012.0.0.5', '10.0.0.5/32'])(
  '%s is no address for a jail',
  (wanted) => {
    expect(() => chooseAddress(testFacts(), testLayout, wanted)).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  },
)

test('a full pool is said to be full', () => {
  const layout = layoutSchema.parse({ pool: '10.9.0.0/30' })
  expect(chooseAddress(testFacts(), layout)).toBe('10.9.0.2')
  expect(() => chooseAddress(testFacts({ addresses: { taken: ['10.9.0.2'], interfaces: [] } }), layout)).toThrow(
    expect.objectContaining({ code: 'pool_exhausted' }),
  )
})

test('whatever is taken, the choice is free and inside the pool', () => {
  const pool = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 29 })).map(([third, prefix]) => `10.20.${third}.0/${prefix}`)
  const taken = fc.array(
    fc.tuple(fc.nat(255), fc.nat(40)).map(([third, last]) => `10.20.${third}.${last}`),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(pool, taken, taken, (text, onInterfaces, reserved) => {
      const layout = layoutSchema.parse({ pool: text })
      const facts = testFacts({
        addresses: { taken: onInterfaces, interfaces: [] },
        reservedByOthers: reserved.map((address) => `address:${address}`),
      })
      let chosen: string
      try {
        chosen = chooseAddress(facts, layout)
      } catch (error) {
        expect(error).toMatchObject({ code: 'pool_exhausted' })
        return
      }
      expect([...onInterfaces, ...reserved]).not.toContain(chosen)
      expect(ipaddr.IPv4.parse(chosen).match(ipaddr.IPv4.parseCIDR(text))).toBe(true)
      expect(chosen).not.toBe(ipaddr.IPv4.networkAddressFromCIDR(text).toString())
      expect(chosen).not.toBe(ipaddr.IPv4.broadcastAddressFromCIDR(text).toString())
    }),
  )
})

test('a site is reached on the jail’s own address, or on a port of its own', () => {
  expect(endpointOf(testLayout, '10.0.0.5')).toEqual({ address: '10.0.0.5', port: 80, statusPort: 8081 })
  const shared = layoutSchema.parse({ sites: { kind: 'shared-address', address: '127.0.0.1', firstPort: 20_000, firstStatusPort: 21_000 } })
  expect(endpointOf(shared, '10.0.0.5')).toEqual({ address: '127.0.0.1', port: 20_005, statusPort: 21_005 })
})
