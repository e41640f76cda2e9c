import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../house/sources.ts'

const cells = Number(process.env['JAILOPS_CONFORMANCE_CELLS'] ?? 90)

it(`${cells} cells of the table driver × verb hold`, async () => {
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const args = [join(root, 'test/conformance/conformance.ts'), '--budget', String(cells)]
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 24 }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, stdout: out, stderr: err }),
    )
  })

  process.stdout.write(`${stdout}${stderr}`)
  expect(stdout.trim().split('\n').at(-1)).toMatch(/^(\d+) of \1 hold$/)
  expect(code).toBe(0)
})
