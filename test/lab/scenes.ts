import { appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { writeBelow, type TemporaryLab } from './temporary-lab.ts'

/** What a transcript presupposes: rebuilt from what `jail -e` and the messages in it show. */
export interface Scene {
  transcript: string
  /** Before the lab starts: HOST. */
  before(host: string): void
  /** After it started. */
  after(lab: TemporaryLab): Promise<void>
  /** Before the entry with this place in the transcript. */
  at?: Record<number, (lab: TemporaryLab) => Promise<void> | void>
}

const rcConf = `hostname="jailhost"
ifconfig_vtnet0="DHCP"
sshd_enable="YES"
firewall_enable="YES"
firewall_type="open"
sendmail_enable="NONE"
syslogd_flags="-ss"
dumpdev="NO"
growfs_enable="NO"
`

const common = `exec.start = "/bin/sh /etc/rc";
exec.stop = '/bin/sh /etc/rc.shutdown jail'; # as in the handbook
exec.clean; mount.devfs; /* a comment
over two lines */ allow.raw_sockets;
`

const jailConf = `${common}
// the two good ones
alpha { host.hostname = "$name.example"; path = "/jails/$name"; interface = lo1; ip4.addr = 10.0.0.2; persist; }
beta { exec.start = "/bin/echo hello-from-beta"; host.hostname = "\${name}.example"; path = /jails/beta; ip4.addr = "lo1|10.0.0.3/32"; persist; }
bad1 { path = /jails/none; host.hostname = bad1; persist; }
bad2 { path = /jails/alpha; host.hostname = bad2; bogus.param = 1; persist; }
bad3 { path = /jails/alpha; host.hostname = bad3; exec.start = "/bin/sh -c 'exit 7'"; persist; }
bad4 { path = /jails/alpha; host.hostname = bad4; exec.prestart = /usr/bin/false; persist; }
bad5 { host.hostname = bad5; persist; path = /jails/alpha; ip4.addr = 999.0.0.1; }
`.replace(/bad3 .*\n/, `bad3 { exec.start = "/bin/sh -c 'exit 7'"; path = /jails/alpha; host.hostname = bad3; persist; }\n`)

const gammaConf = `gamma { path = /jails/beta; persist; host.hostname = gamma.example; ip4.addr = "lo1|10.0.0.7/32"; }\n`

const evilConf = `evil { path = "/usr/jails/evil"; host.hostname = evil; exec.start = "/bin/echo up"; ip4.addr = "lo1|10.0.0.66/32"; mount.devfs; persist; }\n`

const hooks = `path = /jails/beta; persist;
e1 { exec.start = "sleep 30"; exec.timeout = 1; }
e2 { exec.start = "echo out; echo err >&2"; exec.consolelog = /var/log/jail_e2.log; }
e3 { mount.fstab = /etc/nosuch.fstab; }
e4 { exec.start = "true"; }
e5 { exec.stop = "sleep 30"; exec.timeout = 1; }
e6 { exec.poststart = "false"; }
e7 { ip4.addr = "nosuch0|10.0.0.77/32"; }
e8 { vnet; vnet.interface = nosuch0; }
e9 { exec.stop = "false"; }
e10 { exec.start = "true"; exec.stop = "true"; }
e11 { exec.start = "nosuchcommand"; }
e12 { exec.start = "true"; exec.jail_user = nosuch; }
`

function files(host: string, given: Record<string, string>): void {
  for (const [path, text] of Object.entries(given)) writeBelow(host, path, text)
}

/** /jails/alpha and /jails/beta are made of the lab's base. */
function roots(lab: TemporaryLab): void {
  for (const name of ['alpha', 'beta']) cpSync(lab.layout.base, join(lab.hostFolder, 'jails', name), { recursive: true })
}

const lo1 = `${rcConf}ifconfig_lo1_alias0="inet 10.0.0.2/32"\ncloned_interfaces="lo1"\n`

export const scenes: Scene[] = [
  {
    transcript: '01-ifconfig-jail-jls-jexec',
    before: (host) =>
      files(host, {
        'etc/rc.conf': rcConf,
        'etc/jail.conf': jailConf,
        'tmp/broken.conf': 'broken {\n  path = /jails/beta;\n  persist\n}\n',
        'tmp/dup.conf': 'dupj { path = /jails/beta; persist; }\ndupj { path = /jails/alpha; }\n',
      }),
    after: async (lab) => roots(lab),
  },
  {
    transcript: '03-sysrc',
    before: (host) => files(host, { 'etc/rc.conf': rcConf, 'etc/jail.conf': jailConf, 'etc/jail.conf.d/gamma.conf': gammaConf }),
    after: async (lab) => {
      roots(lab)
      await lab.sh('ifconfig lo1 create')
    },
  },
  {
    transcript: '04-service-jail',
    before: (host) =>
      files(host, {
        'etc/rc.conf': lo1,
        'etc/jail.conf': jailConf.replace('/bin/sh /etc/rc.shutdown jail', 'true'),
        'etc/jail.conf.d/gamma.conf': gammaConf,
      }),
    after: async (lab) => roots(lab),
  },
  {
    transcript: '05-jls-json-meta-depend',
    before: (host) =>
      files(host, {
        'etc/rc.conf': `${lo1}jail_list="alpha"\n`,
        'etc/jail.conf': jailConf,
        'tmp/v.conf': '$where = /jails; v1 { path = "$where/$name"; persist; host.hostname = "x$undefd"; }\n',
        'tmp/i.conf': '.include "/tmp/inc.d/*.conf";\nx1 { path = /jails/beta; persist; }\n',
        'tmp/i2.conf': '.include "/tmp/none.conf";\n',
        'tmp/n.conf': 'a-b { path = /jails/beta; persist; }\n"has space" { path = /jails/beta; persist; }\n',
      }),
    after: async (lab) => {
      roots(lab)
      await lab.sh('jail -c alpha')
    },
    at: { 25: (lab) => lab.write('tmp/inc.d/y.conf', 'y1 { path = /jails/beta; persist; depend = x1; }\n') },
  },
  {
    transcript: '06-rctl-hooks-vnet',
    before: (host) =>
      files(host, { 'etc/rc.conf': lo1, 'etc/jail.conf': jailConf, 'tmp/e.conf': hooks, 'boot/loader.conf': 'kern.racct.enable=1\n' }),
    after: async (lab) => {
      roots(lab)
      await lab.sh('jail -c alpha')
    },
  },
  {
    transcript: '07-jail-conf-story',
    before: (host) =>
      files(host, {
        'etc/rc.conf': `${lo1.replace(/ifconfig_lo1.*\n/, '')}jail_enable="YES"\njail_list="alpha"\n`,
        'etc/jail.conf.d/blog.conf': `blog { path = /usr/jails/blog; host.hostname = blog; exec.start = "/bin/sh /etc/rc"; exec.stop = "/bin/sh /etc/rc.shutdown jail";
  exec.consolelog = /var/log/jail_blog.log; mount.devfs; ip4.addr = "lo1|10.0.0.10/32"; persist; }\n`,
      }),
    after: async (lab) => {
      roots(lab)
      cpSync(lab.layout.base, join(lab.hostFolder, 'usr/jails/blog'), { recursive: true })
    },
    at: {
      // The entries before, without looking through the nullfs.
      16: async (lab) => {
        await lab.sh('mv /usr/jails/shop /usr/jails/.trash/shop.r2; rm -x -rf /usr/jails/.trash/shop.r2')
      },
      // Between here and the entry before, the recording's own steps with half.conf and the jail shop are left out.
      52: async (lab) => {
        appendFileSync(join(lab.hostFolder, 'etc/jail.conf'), '.include "/etc/jail.conf.d/*.conf";\n')
        await lab.sh('sysrc -x jail_list')
      },
      // Section 11: the hostile jail, and copies of the host's account files.
      67: async (lab) => {
        lab.write('etc/jail.conf.d/evil.conf', evilConf)
        lab.write('root/etc.host/victim', 'the hosts own file\n')
        await lab.sh('cp /etc/master.passwd /etc/passwd /etc/group /root/etc.host')
        await lab.sh('mv /usr/jails/blog /usr/jails/evil; jail -f /etc/jail.conf.d/evil.conf -c evil')
      },
    },
  },
]
