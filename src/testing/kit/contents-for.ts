import { resolveIssueOptions, type IssueOptions } from '../../manager/issue-options';
import type { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import type { TokenContents } from '../../token/token-issuer';

/**
 * The contents of a token that the manager itself would not issue.
 *
 * @param owner the function that takes the options, for errors
 */
export function contentsFor<C extends object>(
  jwtManager: JwtManager<C>,
  identity: string,
  options: IssueOptions<C>,
  owner: string,
): Promise<TokenContents> {
  return coreOf(jwtManager).tokens.contents(identity, resolveIssueOptions(options, owner));
}
