import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { redact } from '../../src/core/redact.ts'

/* Put together here, so that nobody's scanner takes the examples for real ones. */
const s3cret = 'Tr0ub4dor'
const long = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0'

describe('hides', () => {
  it.each([
    [`password=${s3cret}`, 'password=[hidden]'],
    [`DB_PASSWORD="${s3cret} with spaces" next`, 'DB_PASSWORD=[hidden] next'],
    [`mysql_root_passwd: '${s3cret}'`, 'mysql_root_passwd: [hidden]'],
    [`  password: ${s3cret} horse staple`, '  password: [hidden]'],
    [`- token = ${s3cret}`, '- token = [hidden]'],
    [`{"user":"ana","token":"${s3cret}","x":1}`, '{"user":"ana","token":[hidden],"x":1}'],
    [`{ accessToken: ${s3cret}, x: 1 }`, '{ accessToken: [hidden], x: 1 }'],
    [`client_secret=${s3cret}`, 'client_secret=[hidden]'],
    [`AWS_SECRET_ACCESS_KEY=/${s3cret}/${s3cret}+`, 'AWS_SECRET_ACCESS_KEY=[hidden]'],
    [`SECRET_KEY_BASE=${s3cret}`, 'SECRET_KEY_BASE=[hidden]'],
    [`requirepass: ok\nmasterauth x\nredis.pass=${s3cret}`, 'requirepass: ok\nmasterauth x\nredis.pass=[hidden]'],
    [`PGPASSWORD=${s3cret} psql`, 'PGPASSWORD=[hidden] psql'],
    [`psql --password ${s3cret} -d x`, 'psql --password [hidden] -d x'],
    [`tool --api-key=${s3cret}`, 'tool --api-key=[hidden]'],
    [`mysqldump -u root -p${s3cret} all`, 'mysqldump -u root -p[hidden] all'],
    [`sshpass -p ${s3cret} ssh x; redis-cli -n 1 -a ${s3cret} ping`, 'sshpass -p [hidden] ssh x; redis-cli -n 1 -a [hidden] ping'],
    [`port 1\nrequirepass ${s3cret}`, 'port 1\nrequirepass [hidden]'],
    [`'password' => '${s3cret}',`, "'password' => [hidden],"],
    [`<password>${s3cret}</password>`, '<password>[hidden]</password>'],
    [`?a=1&token=${s3cret}`, '?a=1&token=[hidden]'],
    [`CREATE USER a IDENTIFIED BY '${s3cret}'`, "CREATE USER a IDENTIFIED BY '[hidden]'"],
    [`password=$ecret${s3cret}`, 'password=[hidden]'],
  ])('what is named so: %s', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    [`AKIA${'ABCDEFGHIJ234567'}`],
    [`xoxb-1234567890-${s3cret}`],
    [`xoxe.xoxp-1-${s3cret}${s3cret}`],
    [`xapp-1-A012-${s3cret}`],
    [`ghp_${long.slice(0, 36)}`],
    [`github_pat_${long}`],
    [`glpat-${long.slice(0, 20)}`],
    [`npm_${long.slice(0, 36)}`],
    [`sk-proj-${long}`],
    [`sk_live_${long}`],
    [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${long}`],
    [`https://hooks.slack.com/services/T0/B0/${s3cret}`],
    [`https://discord.com/api/webhooks/123/${s3cret}`],
  ])('tokens by their shape: %s', (token) => {
    const clean = redact(`before ${token} behind`)
    expect(clean).toMatch(/^before .*\[hidden\] behind$/)
    expect(clean).not.toContain(token.slice(-8))
  })

  it.each([
    [`Authorization: Bearer ${s3cret}`, 'Authorization: [hidden]'],
    [`proxy-authorization: Basic ${s3cret}==`, 'proxy-authorization: [hidden]'],
    [`curl -H 'Authorization: token ${s3cret}' https://x`, "curl -H 'Authorization: [hidden]' https://x"],
    [`Set-Cookie: sid=${s3cret}; Path=/`, 'Set-Cookie: [hidden]'],
    [`X-Api-Key: ${s3cret}`, 'X-Api-Key: [hidden]'],
    [`redis://:${s3cret}@127.0.0.1:6379/0`, 'redis://:[hidden]@127.0.0.1:6379/0'],
    [`postgres://app:${s3cret}@p@db/x`, 'postgres://app:[hidden]@db/x'],
    [`curl -u ana:${s3cret} https://x`, 'curl -u ana:[hidden] https://x'],
  ])('what is sent along: %s', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    ['root:$6$saltsalt$abcdefghijklmnop/.:0:0::0:0:Charlie &:/root:/bin/csh', 'root:$6$[hidden]:0:0::0:0:Charlie &:/root:/bin/csh'],
    ['bob:*LOCKED*$2b$10$abcdefghijklmnopqrstuv:1001:1001:', 'bob:*LOCKED*$2b$[hidden]:1001:1001:'],
    ['x $argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA y', 'x $argon2id$[hidden] y'],
    ['old:ab01CDefGHijk:0:0::0:0::/root:/bin/sh', 'old:[hidden]:0:0::0:0::/root:/bin/sh'],
  ])('hashes of passwords: %s', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })
})

describe('private keys', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const body = pem.split('\n').slice(1, -2)

  it('go whole, what stands around them stays', () => {
    expect(redact(`a\n${pem}b\n${pem.replaceAll('PRIVATE', 'OPENSSH PRIVATE')}c`)).toBe(
      'a\n[private key hidden]\nb\n[private key hidden]\nc',
    )
    expect(redact(`key: "${pem.trim().replaceAll('\n', '\\n')}"`)).not.toContain(body[3])
  })

  it('go also where the output was cut within them', () => {
    const cut = `a\n${[pem.split('\n')[0], ...body.slice(0, 4)].join('\n')}\n[4000 bytes are not kept]\n${body.slice(9).join('\n')}\n-----END PRIVATE KEY-----\nb`
    expect(redact(cut)).toBe('a\n[private key hidden]\n[4000 bytes are not kept]\nb')
    expect(redact(`a\n-----BEGIN PRIVATE KEY-----\n${body[2]}`)).toBe('a\n[private key hidden]')
    expect(redact(`first line\n${body.slice(5).join('\n')}\n-----END PRIVATE KEY-----\nb`)).toBe('first line\n[private key hidden]\nb')
  })

  it('public ones and certificates stay', () => {
    const text = `${publicKey.export({ type: 'spki', format: 'pem' }).toString()}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`
    expect(redact(text)).toBe(text)
  })
})

it.each([
  'nginx: the configuration file /usr/local/etc/nginx/nginx.conf syntax is ok',
  'password authentication failed for user "ana"',
  'Password for root:',
  'PasswordAuthentication no',
  'PermitRootLogin without-password',
  'passwd: files',
  'sshd_enable="YES"',
  'tokens: 5',
  'secretary: Ana',
  'compass: north',
  'bypass=1 passport=EU passwords=none',
  'password_min_length=8',
  'password=',
  'password: yes',
  'token: $TOKEN',
  'PWD=/root',
  'ssl_private_key=/usr/local/etc/ssl/site.key',
  'syntax error near unexpected token: x',
  'kern.securelevel: -1',
  'https://example.com:8080/a@b',
  'ssh://git@github.com/x.git',
  'it costs $5.00 or $1$2',
  'root:*:0:0::0:0:Charlie &:/root:/bin/csh',
  'bob:$6$*:1001:1001::0:0:User &:/home/bob:/bin/sh',
  'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
  'a.b.c eyJ ghp_ xoxb- sk-',
  'author: Ana',
])('leaves alone: %s', (text) => {
  expect(redact(text)).toBe(text)
})

it('twice is as once, and a long line of anything takes no time', () => {
  const text = `password: ${s3cret}\nAuthorization: Bearer x\nredis://:${s3cret}@h\n`
  expect(redact(redact(text))).toBe(redact(text))
  for (const part of [
    'a',
    'a-',
    'eyJ',
    '://',
    '"',
    'password',
    'token ',
    'x:',
    '-----BEGIN PRIVATE KEY-----',
    '$6$',
    'abcdefgh\n',
    '  ',
    '-',
    'mysql ',
    'redis-cli -a',
    'requirepass ',
  ]) {
    const begun = performance.now()
    redact(part.repeat(Math.ceil(262_144 / part.length)))
    expect([part, performance.now() - begun < 2000]).toEqual([part, true])
  }
})
