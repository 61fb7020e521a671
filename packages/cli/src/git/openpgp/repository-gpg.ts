import { type Gpg, gpgFor } from '../../openpgp/gpg.ts'
import { type Repository, setting } from '../repo/repository.ts'

/** The gpg that git itself would use in the repository. */
export const gpgOf = ({ git }: Repository): Gpg => gpgFor(setting(git, 'gpg.program') || 'gpg', git.cwd)
