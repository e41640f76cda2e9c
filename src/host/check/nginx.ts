import { answerOf, good, itSaid, lacks, type Look, type Seen, unknown } from './look.ts'

/** nginx comes into each jail by the host's own pkg (`pkg -j`). Whether a repository can be reached is not asked: that is network. */
export async function checkNginx(look: Look): Promise<Seen[]> {
  if (!(await look.programs()).has('pkg'))
    return [lacks('There is no pkg in the program folders, by which nginx gets into the jails.', 'ls -l /usr/sbin/pkg /usr/local/sbin/pkg')]
  // -N: never installs itself, as any other call of a pkg that is not there would
  const answer = await answerOf(look, 'pkg', '-N')
  if (answer.exitCode === 0)
    return [good('pkg is installed, and brings nginx into new jails; whether its repository can be reached was not tried.')]
  if (/pkg is not installed/.test(answer.stderr + answer.stdout)) {
    return [lacks('pkg is not installed yet, and it is what brings nginx into new jails.', 'pkg bootstrap -y')]
  }
  return [unknown(`Whether pkg is installed is not known: ${itSaid(answer)}.`)]
}
