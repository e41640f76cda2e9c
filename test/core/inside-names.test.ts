import { expect, it } from 'vitest'
import { newestOf } from '../../src/core/versions.ts'
import { packageList, rcValue, wordsIn } from '../../src/core/inside-names.ts'

it('a list is read as people write it, and each of it once', () => {
  expect(wordsIn(' vim, git-lite  vim,,www/nginx ')).toEqual(['vim', 'git-lite', 'www/nginx'])
  expect(packageList.safeParse(' , ').success).toBe(false)
})

it.each(["-c 'x y'", 'a=b;c|d', '', 'inet 10.0.0.2/32', 'größe'])('%j can stand in rc.conf', (value) => {
  expect(rcValue.safeParse(value).success).toBe(true)
})

it('the newest version is found by what its parts mean', () => {
  const order = [
    '14.3-RELEASE-p10',
    '15.0-BETA2',
    '15.0-RC1',
    '15.0-RC2',
    '15.0-RELEASE',
    '15.0-RELEASE-p2',
    '15.0-RELEASE-p10',
    '15.1-RELEASE',
  ]
  for (const [index, version] of order.entries()) expect(newestOf(order.slice(0, index + 1).toReversed())).toBe(version)
  expect(newestOf([undefined, 'main', '15.0-RELEASE'])).toBe('15.0-RELEASE')
  expect(newestOf([])).toBeUndefined()
})
