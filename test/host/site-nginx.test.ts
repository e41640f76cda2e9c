import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { stepSchema } from '../../src/core/step.ts'
import { mainConfiguration, siteFiles, sitesFolder, vhostConfiguration } from '../../src/host/site/nginx-configuration.ts'
import { createNginxDriver } from '../../src/host/site/nginx.ts'
import { testFacts } from './facts-helper.ts'

const steps = createNginxDriver(testFacts()).install({ name: 'blog', kernelName: 'blog' }, '10.0.0.5')

test('everything happens inside the jail: no step names a path below its root', () => {
  for (const step of steps) {
    const { action } = stepSchema.parse(step)
    const argv = action.kind === 'run' ? action.argv : []
    expect(['pkg -j blog', 'sysrc -j blog', 'service -j blog']).toContain(argv[0] === 'jexec' ? 'pkg -j blog' : argv.slice(0, 3).join(' '))
    expect(JSON.stringify(argv)).not.toContain('/usr/jails')
  }
})

test('the new configuration is checked before it takes the place of the old one', () => {
  const lines = steps.map(({ action }) => (action.kind === 'run' ? action.argv.join(' ') : action.kind))
  const check = lines.indexOf('jexec blog nginx -t -c /usr/local/etc/nginx/nginx.conf.new')
  expect(check).toBeGreaterThan(lines.indexOf('jexec blog tee /usr/local/etc/nginx/nginx.conf.new'))
  expect(check).toBeLessThan(lines.indexOf('jexec blog mv -f /usr/local/etc/nginx/nginx.conf.new /usr/local/etc/nginx/nginx.conf'))
})

test('the last step holds when the site answers', () => {
  expect(steps.at(-1)?.done).toMatchObject({ kind: 'http', address: '10.0.0.5', port: 80, statusFrom: 200, statusTo: 499 })
})

test('the figures are for the host alone', () => {
  const files = siteFiles({ name: 'blog', address: '10.0.0.5', endpoint: { address: '10.0.0.5', port: 80, statusPort: 8081 } })
  const text = files.find(({ path }) => path.endsWith('status.conf'))?.content ?? ''
  const location = /location = \/status \{([^}]*)\}/
    .exec(text)?.[1]
    ?.split(';')
    .map((line) => line.trim())
  expect(location).toEqual(['stub_status', 'allow 127.0.0.1', 'allow 10.0.0.5', 'deny all', ''])
})

test('names that nginx would read as syntax are refused', () => {
  const endpoint = { address: '10.0.0.5', port: 80, statusPort: 8081 }
  for (const name of ['a;b', 'a b', 'a}', 'a\nb', '$host']) expect(() => siteFiles({ name, address: '10.0.0.5', endpoint })).toThrow()
})

test('the real nginx accepts the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-nginx-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['logs', 'jailops']) mkdirSync(join(folder, name))
  const here = (text: string) => text.replaceAll(sitesFolder, join(folder, 'jailops'))
  const site = { name: 'blog', address: '127.0.0.1', endpoint: { address: '127.0.0.1', port: 28_480, statusPort: 28_481 } }
  for (const { path, content } of siteFiles(site)) writeFileSync(here(path), here(content))
  writeFileSync(join(folder, 'jailops/30-blog.example.com.conf'), here(vhostConfiguration('blog.example.com')))
  writeFileSync(join(folder, 'mime.types'), 'types { text/html html; }\n')
  // FreeBSD's package has its own folders compiled in; here they are the test's
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; ${here(mainConfiguration).replace('http {', `http { access_log ${folder}/access.log; ${places}`)}`,
  )
  const argv = ['-t', '-c', join(folder, 'nginx.conf'), '-p', folder, '-e', join(folder, 'error.log')]
  const { stderr } = await promisify(execFile)('nginx', argv, { env: { PATH: '/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin' } })
  expect(stderr).toContain('test is successful')
})

test('what install wrote is known again; what its owner changed is not', () => {
  const driver = createNginxDriver(testFacts())
  const endpoint = { address: '10.0.0.5', port: 80, statusPort: 8081 }
  const files = siteFiles({ name: 'blog', address: '10.0.0.5', endpoint })
  const now = [mainConfiguration, ...files.map(({ content }) => content)].join('')
  expect(driver.wrote(now, 'blog', '10.0.0.5')).toBe(true)
  expect(driver.wrote(now, 'shop', '10.0.0.5')).toBe(false)
  expect([mainConfiguration, now.replace('try_files', 'index'), ''].map((text) => driver.wrote(text, 'blog', '10.0.0.5'))).toEqual([
    false,
    false,
    false,
  ])
})

test.each(['*.example.com', 'a;b', '../etc', 'a b', 'nginx', 'A.example.com', ''])('%j gets no files of its own', (host) => {
  const jail = { name: 'blog', kernelName: 'blog', address: '10.0.0.5' }
  expect(() => createNginxDriver(testFacts()).vhost(jail, host)).toThrow(expect.objectContaining({ code: 'bad_argument' }))
})
