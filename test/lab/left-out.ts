/** What of the transcripts the lab does not replay, and why. Each rule must strike at least once. */
export interface LeftOut {
  transcript: string
  /** Against the whole command. */
  command: RegExp
  why: string
}

const own = 'the line uses a program that the lab refuses loudly'

export const leftOut: LeftOut[] = [
  { transcript: '02-ipfw-nat', command: /./, why: 'ipfw and NAT: refused' },
  { transcript: '03-sysrc', command: /ping/, why: 'ping: refused' },
  { transcript: '04-service-jail', command: /^ls -l/, why: "the machine's own ls words its errors differently" },
  { transcript: '05-jls-json-meta-depend', command: /^(cpuset|sockstat|netstat|ipfw)/, why: own },
  { transcript: '05-jls-json-meta-depend', command: /^pkg -j alpha info/, why: 'the recorded system had no pkg' },
  { transcript: '05-jls-json-meta-depend', command: /kill -9/, why: 'killing a shell in a jail: refused' },
  { transcript: '05-jls-json-meta-depend', command: /^ps -J alpha/, why: "syslogd's helpers and process numbers" },
  { transcript: '06-rctl-hooks-vnet', command: /^rctl -u/, why: 'what the jail used' },
  { transcript: '06-rctl-hooks-vnet', command: /od -c/, why: "the machine's own od writes other blanks; bytes have a test of their own" },
  { transcript: '07-jail-conf-story', command: /ls \/usr\/jails\/\.trash\/blog\.r1\/dev/, why: 'devfs has no content here' },
  { transcript: '07-jail-conf-story', command: /^mv .*shop\.r2; mount|; find \/usr\/jails/, why: 'what shows through a nullfs' },
  { transcript: '07-jail-conf-story', command: /mdconfig|newfs|\/mnt\/t|md9/, why: 'disk images' },
  { transcript: '07-jail-conf-story', command: /immut/, why: 'chflags on a symlink; FreeBSD ls -lo' },
  {
    transcript: '07-jail-conf-story',
    command: /half\.conf|^jail -f \/etc\/jail\.conf -r mail$/,
    why: 'needs the jail shop and the order of parallel starts',
  },
  { transcript: '07-jail-conf-story', command: /^for n in/, why: 'the lost update of two sysrc at once: chance' },
  { transcript: '07-jail-conf-story', command: /^cp \/root\/rc\.conf\.orig/, why: 'files of the recording' },
  {
    transcript: '07-jail-conf-story',
    command:
      /^mkdir -p \/root\/(etc|t)|install|>.*jails\/evil|^tail -1|ls -l \/usr\/jails\/evil|tmp\/ran|sed -i|^rm .*evil|^mv .*evil|^jexec evil sh -c 'cat/,
    why: 'section 11: rc.conf with commands, install and tar through planted links, what shows through a nullfs; own tests instead',
  },
  { transcript: '07-jail-conf-story', command: /\bnc\b|ab\.conf|sockstat/, why: 'section 12: nc between jails' },
  { transcript: '07-jail-conf-story', command: /\bsu -m\b/, why: 'section 13: without root' },
  { transcript: '07-jail-conf-story', command: /^\((worker|console)\)|^sync|jails\/pc\b/, why: 'sections 14 and 15: ssh, power loss' },
]
