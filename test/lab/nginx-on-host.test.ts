import { get } from 'node:http'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

/* nginx on the host itself, as the lab has it where it stands in front. */

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab({ proxy: 'nginx' })
})
afterAll(() => lab?.remove())

const conf = () => join(lab.hostFolder, 'usr/local/etc/nginx/nginx.conf')

async function answer(): Promise<number | undefined> {
  const { bindAddress, bindPort } = lab.layout.haproxy
  const asking = get({ host: bindAddress, port: bindPort, agent: false })
  const [response] = await once(asking, 'response')
  response.resume()
  return response.statusCode
}

test('its rc script starts, reloads and stops it; workers call themselves what they are', async () => {
  const { bindAddress, bindPort } = lab.layout.haproxy
  const workers = "pgrep -j none -f '^nginx: worker process$'"
  const withAnswer = (status: number) =>
    readFileSync(conf(), 'utf8')
      .replace(/ {2}server \{.*\}\n/, '')
      .replace(/\}\n$/, `  server { listen ${bindAddress}:${bindPort}; return ${status}; }\n}\n`)
  expect(await lab.sh('service nginx status')).toEqual({ code: 1, text: 'nginx is not running.\n' })
  expect((await lab.sh('service nginx start')).text).toContain("Cannot 'start' nginx. Set nginx_enable to YES")
  expect(await lab.sh(workers)).toEqual({ code: 1, text: '' })

  await lab.sh('sysrc nginx_enable=YES')
  lab.write('usr/local/etc/nginx/nginx.conf', withAnswer(204))
  expect((await lab.sh('service nginx start')).text).toMatch(/Performing sanity check[^]*test is successful\nStarting nginx\.\n$/)
  expect(await answer()).toBe(204)
  expect(await lab.sh(workers)).toMatchObject({ code: 0, text: expect.stringMatching(/^\d+\n$/) })
  expect((await lab.sh('service -e')).text).toContain('/usr/local/etc/rc.d/nginx\n')

  const { text: old } = await lab.sh(workers)
  lab.write('usr/local/etc/nginx/nginx.conf', withAnswer(418))
  expect((await lab.sh('service nginx reload')).code).toBe(0)
  // for a moment both take connections: only when the old one does no more all answers are the new ones
  await expect.poll(async () => (await lab.sh(workers)).text.split('\n').includes(old.trim())).toBe(false)
  expect(await answer()).toBe(418)

  lab.write('usr/local/etc/nginx/nginx.conf', 'bogus;\n')
  expect(await lab.sh('service nginx reload')).toMatchObject({ code: 1, text: expect.stringContaining('unknown directive "bogus"') })
  expect(await answer()).toBe(418)
  expect((await lab.sh('service nginx stop')).text).toContain('Stopping nginx.')
  await expect(answer()).rejects.toThrow('ECONNREFUSED')
})

test('where HAProxy stands in front there is none', async () => {
  const other = await temporaryLab()
  try {
    expect(await other.sh('nginx -v')).toMatchObject({ code: 127 })
  } finally {
    await other.remove()
  }
})
