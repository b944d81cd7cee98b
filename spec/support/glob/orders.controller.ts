import { Get, JsonController } from 'routing-controllers';
import { JwtPublic, JwtRequired } from '../../../src';
import { GlobBase } from './base';

@JsonController('/glob-orders')
@JwtRequired({ roles: 'clerk' })
export class GlobOrdersController extends GlobBase {
  @Get('/list')
  list() {
    return { open: false };
  }

  @Get('/prices')
  @JwtPublic()
  prices() {
    return { open: true };
  }
}
