import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOk, withSecrets } from './support/secrets.ts'
import { isEncrypted, makeWorld, type Repo, type World } from './support/world.ts'

let world: World
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

const LINES = Array.from({ length: 12 }, (_, index) => `line ${index}\n`)
const withLine = (at: number, text: string): string => LINES.with(at, `${text}\n`).join('')

/** Two branches that changed one file. */
function diverged(ours: string, theirs: string, path = "a 'b'.secret"): Repo {
  const { repo } = withSecrets(world, { [path]: LINES.join('') })
  repo.git('checkout', '-q', '-b', 'theirs')
  repo.write(path, theirs)
  repo.commit('theirs')
  repo.git('checkout', '-q', 'main')
  repo.write(path, ours)
  repo.commit('ours')
  return repo
}

describe('the merge driver', () => {
  it('merges what does not touch, encrypted', () => {
    const repo = diverged(withLine(1, 'ours'), withLine(10, 'theirs'))
    repo.git('merge', '-q', 'theirs', '-m', 'merged')
    expect(repo.read("a 'b'.secret").toString()).toBe(LINES.with(1, 'ours\n').with(10, 'theirs\n').join(''))
    expect(isEncrypted(repo.blob("a 'b'.secret"))).toBe(true)
    expect(repo.git('status', '--porcelain', '-uno')).toBe('')
  })

  it('shows a conflict with markers, which can be solved and committed', () => {
    const repo = diverged(withLine(5, 'ours'), withLine(5, 'theirs'))
    expect(repo.run('git', ['merge', 'theirs']).code).toBe(1)
    expect(repo.read("a 'b'.secret").toString()).toMatch(/<<<<<<< ours\nours\n=======\ntheirs\n>>>>>>> theirs\n/)
    repo.write("a 'b'.secret", withLine(5, 'both'))
    repo.commit('solved')
    expect(isEncrypted(repo.blob("a 'b'.secret"))).toBe(true)
  })

  it('works in a rebase and a cherry-pick', () => {
    const repo = diverged(withLine(1, 'ours'), withLine(10, 'theirs'))
    repo.git('checkout', '-q', '-b', 'picked')
    repo.git('cherry-pick', 'theirs')
    repo.git('checkout', '-q', 'theirs')
    repo.git('rebase', '-q', 'main')
    for (const branch of ['picked', 'theirs']) {
      expect(repo.git('cat-file', '--filters', `${branch}:a 'b'.secret`)).toBe(
        LINES.with(1, 'ours\n').with(10, 'theirs\n').join(''),
      )
    }
  })

  it('leaves binary conflicts and locked clones to git, without losing a side', () => {
    const repo = diverged('ours\0binary', 'theirs\0binary')
    const ours = repo.blob("a 'b'.secret")
    expect(repo.run('git', ['merge', 'theirs']).code).not.toBe(0)
    expect(repo.run('git', ['cat-file', 'blob', ":2:a 'b'.secret"]).bytes.equals(ours)).toBe(true)
    repo.git('merge', '--abort')
    expectOk(repo.waxseal('lock'))
    expect(repo.run('git', ['merge', 'theirs']).code).not.toBe(0)
    repo.git('merge', '--abort')
    expect(repo.blob("a 'b'.secret").equals(ours)).toBe(true)
  })

  it('leaves no plain text behind', () => {
    const repo = diverged(withLine(5, 'ours'), withLine(5, 'theirs'))
    repo.run('git', ['merge', 'theirs'])
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith('merge-'))).toEqual([])
    expect(repo.run('sh', ['-c', 'ls -a | grep merge_file']).out).toBe('')
  })
})
