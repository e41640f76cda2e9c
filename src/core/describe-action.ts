import type { Action, Cut, Edit } from './step.ts'

/** One line that says exactly what the action does, for the plan on a card. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'run':
      return action.argv.map(quoteWord).join(' ') + (action.stdin === undefined ? '' : `  (stdin: ${byteCount(action.stdin)})`)
    case 'write':
      return `write ${action.path} (${byteCount(action.content)}, mode ${action.mode.toString(8)})`
    case 'remove':
      return `remove ${action.path}`
    case 'folder':
      return `make folder ${action.path} (mode ${action.mode.toString(8)})`
    case 'remove-folder':
      return `remove the empty folder ${action.path}`
    case 'move':
      return `move ${action.from} to ${action.to}`
    case 'map-entry':
      return action.value === null
        ? `${action.path}: remove the line of ${action.key}`
        : `${action.path}: set the line ${action.key} ${action.value}`
    case 'boot-word':
      return `rc.conf: ${action.on ? 'add' : 'remove'} the word ${action.name} ${action.on ? 'to' : 'from'} jail_list (by sysrc)`
    case 'line':
      return `${action.path}: ${action.on ? 'add' : 'remove'} the line ${action.line}`
    case 'edit':
      return `${action.path}: ${action.edits.map(describeEdit).join('; ')}`
    case 'proxy-map':
      return `${action.path} and the running HAProxy: ${action.value === null ? `without ${action.key}` : `${action.key} ${action.value}`}`
    case 'proxy-server': {
      const { address, weight, state, shut } = action
      const at = address && `at ${address.address}:${address.port}`
      const what = [at, weight !== undefined && `weight ${weight}`, state, shut && 'open sessions are ended']
      return `haproxy: set server ${action.backend}/${action.server} ${what.filter(Boolean).join(', ')}`
    }
    case 'proxy-backend': {
      const servers = action.servers.map(({ server, place: at, weight }) => `${server} at ${at.address}:${at.port} weight ${weight}`)
      return `haproxy: ${servers.length === 0 ? `delete backend ${action.backend}` : `add backend ${action.backend}: ${servers.join(', ')}`}`
    }
    case 'proxy-drain':
      return `${action.folder} and the running HAProxy: ${action.backend}/${action.server} ${action.on ? 'has no weight, until it is ready again' : 'has its own weight again'}`
    case 'proxy-reload':
      return `haproxy -D -f (haproxy_config of rc.conf) -p ${action.pidFile} -x ${action.socket} -sf (the one that runs); else service haproxy reload`
    case 'haproxy-config': {
      const files = [action, ...(action.more ?? [])].map(({ name, content }) =>
        content === null ? `remove ${action.folder}/${name}` : `write ${action.folder}/${name} (${byteCount(content)})`,
      )
      return `${files.join(', ')}, checked by haproxy -c`
    }
    case 'nginx-config':
      return describeNginx(action)
    case 'acme': {
      const where = 'map' in action.answers ? `${action.answers.map} and the running HAProxy` : `a file in ${action.answers.folder}`
      return `a new key; POST ${action.directory} and what it names; ${where}: what it wants to read for ${action.site}; write ${action.to} (mode 600)`
    }
    case 'certificate':
      return describeCertificate(action)
    case 'haproxy-splice':
      return `${action.path}: ${spliceCount(action.cuts)}, checked by haproxy -c`
    case 'password':
      return `jexec ${quoteWord(action.kernelName)} pw usermod ${action.user} -h 0  (stdin: 24 random characters, kept nowhere)`
    case 'proxy-password':
      return action.on
        ? `${action.path} and the running HAProxy: ${action.user} of ${action.host}  (24 random characters; only their sha256 is kept)`
        : `${action.path} and the running HAProxy: without ${action.user} of ${action.host}`
    case 'nginx-password':
      return action.on
        ? `${action.path}: ${action.user} of ${action.host}  (24 random characters; only their salted sha1 is kept)`
        : `${action.path}: without ${action.user} of ${action.host}`
    case 'await':
      return `wait at most ${action.timeoutSeconds} s${action.goesOn === true ? ', then go on all the same' : ''}`
    case 'require':
      return 'check, change nothing'
  }
}

function describeCertificate({ path, site, from, fingerprint, haproxy }: Extract<Action, { kind: 'certificate' }>): string {
  if (from === null) return haproxy === undefined ? `remove ${path}` : `remove ${path}, from ${haproxy.list} and the running HAProxy too`
  const file = `${path} (mode 600) from ${from}${fingerprint === undefined ? '' : `, sha256 ${fingerprint}`}`
  return haproxy === undefined ? `${file}; for ${site}` : `${file}; ${haproxy.list} and the running HAProxy: ${path} for ${site}`
}

function describeNginx({ configuration, folder, change }: Extract<Action, { kind: 'nginx-config' }>): string {
  switch (change.what) {
    case 'file':
      return change.content === null
        ? `remove ${folder}/${change.name}, checked by nginx -t`
        : `write ${folder}/${change.name} (${byteCount(change.content)}), checked by nginx -t`
    case 'entry':
      return `${folder}/${change.map}.map: ${change.value === null ? `without ${change.key}` : `${change.key} ${change.value}`}, checked by nginx -t`
    case 'block':
      return `${configuration}: a block of ours that includes ${folder}/*.conf, checked by nginx -t; all else in it stays`
  }
}

function describeEdit(one: Edit): string {
  switch (one.what) {
    case 'text':
      return `${one.to} in place of ${one.from}`
    case 'parameter':
      return one.lines.length === 0 ? `without ${one.names.join(', ')}` : one.lines.map((each) => each.trim()).join(' ')
    case 'block':
      return `the name ${one.name}`
    case 'variable':
      return `${one.name}="${one.value}"`
    case 'mount':
      return one.line ?? `nothing on ${one.on}`
  }
}

function byteCount(text: string): string {
  return `${Buffer.byteLength(text)} bytes`
}

/**
 * As a person would have to type it in a shell; only for showing, nothing ever parses it. What is invisible, breaks the line or
 * turns its direction is written out: an approver must see what runs.
 */
function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./{}-]+$/.test(word)) return word
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`
  const escaped = word.replaceAll(/['\\]/g, String.raw`\$&`).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\n') return String.raw`\n`
    const code = character.codePointAt(0)?.toString(16) ?? ''
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
  })
  return `$'${escaped}'`
}

function spliceCount(cuts: readonly Cut[]): string {
  return `-${lineCount(cuts.map(({ remove }) => remove))} +${lineCount(cuts.map(({ insert }) => insert))} lines`
}

function lineCount(texts: readonly string[]): number {
  return texts.join('').split('\n').length - 1
}
