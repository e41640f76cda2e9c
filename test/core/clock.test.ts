import { expect, it } from 'vitest'
import { newRequestId } from '../../src/core/clock.ts'
import { requestId } from '../../src/core/names.ts'

it('makes ids of their shape, and never one twice', () => {
  const ids = Array.from({ length: 5000 }, newRequestId)
  expect(ids.filter((id) => !requestId.safeParse(id).success)).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
})
