import { expect } from 'chai';
import { IsString } from 'class-validator';
import { Body, Get, HttpCode, JsonController, Param, Post, QueryParam } from 'routing-controllers';
import { InjectToken, JwtOptional, JwtRequired, type Token } from '../../src';
import { getWith, request } from '../support/app';
import { testManager } from '../support/manager';
import { answersOf, forUsers, refusalToStart, startWith } from '../support/protection';

describe('G7: an inherited method and its parameters', () => {
  class Items {
    @Get('/items/:id')
    @JwtRequired()
    item(@Param('id') id: string, @InjectToken() token: Token, @QueryParam('page') page: number): object {
      return { id, page, identity: token.identity };
    }
  }

  class Undecorated extends Items {
    override item(id: string, token: Token, page: number) {
      return { ...super.item(id, token, page), overridden: true };
    }
  }

  class Redecorated extends Items {
    override item(@QueryParam('as') id: string, token: Token, page: number) {
      return super.item(id, token, page);
    }
  }

  class Shorter extends Items {
    override item(id: string) {
      return { id };
    }
  }

  class TokenFirst extends Items {
    // @ts-expect-error -- what a program in JavaScript may do: another order
    override item(@InjectToken() token: Token, @Param('id') id: string): object {
      return { id, identity: token.identity };
    }
  }

  const cases: [name: string, base: new () => Items, body: object][] = [
    ['are as its base class has them', Items, { id: '7', page: 2, identity: 'ada' }],
    [
      'are as its base class has them when an override says nothing',
      Undecorated,
      { id: '7', page: 2, identity: 'ada', overridden: true },
    ],
    [
      "are the override's where it says something, the token where it was",
      Redecorated,
      { id: 'other', page: 2, identity: 'ada' },
    ],
    ['may be less', Shorter, { id: '7' }],
    ['may stand in another order', TokenFirst as never, { id: '7', identity: 'ada' }],
  ];

  for (const [name, base, body] of cases) {
    for (const generations of [1, 2, 3]) {
      it(`${name}, after ${String(generations)} more classes`, async () => {
        let controller = base;
        for (let generation = 0; generation < generations; generation++) {
          controller = class extends controller {};
        }
        JsonController('/children')(controller);
        const app = await startWith([controller]);
        const token = await testManager().createAccessToken('ada');
        const url = `${app.url}/children/items/7?page=2&as=other`;
        expect(await getWith(url, token)).to.deep.include({ status: 200, body });
        expect(await answersOf(app, '/children/items/7?page=2')).to.deep.equal(forUsers);
        await app.close();
      });
    }
  }

  it('are not those that an override does not take, whose bodies would be validated', async () => {
    class TextDto {
      @IsString() text!: string;
    }
    class Base {
      @Post('/fewer')
      @JwtRequired()
      fewer(@InjectToken() token: Token, @Body() body: TextDto): object {
        return { token, body };
      }

      @Post('/none')
      @JwtRequired()
      none(@Body() body: TextDto, @InjectToken() token: Token): object {
        return { token, body };
      }

      @Post('/rest')
      @JwtRequired()
      rest(@Body() body: TextDto, @InjectToken() token: Token): object {
        return { text: body.text, identity: token.identity };
      }

      @Post('/default')
      @JwtRequired()
      default(@Body() body: TextDto, @InjectToken() token?: Token): object {
        return { text: body.text, identity: token?.identity };
      }
    }
    @JsonController('/overrides')
    class Sub extends Base {
      override fewer(token: Token): object {
        return { identity: token.identity, given: arguments.length };
      }

      @HttpCode(200)
      override none() {
        return { given: arguments.length };
      }

      override rest(...given: [TextDto, Token]) {
        return super.rest(...given);
      }

      override default(body: TextDto = new TextDto(), token?: Token) {
        return super.default(body, token);
      }
    }
    const app = await startWith([Sub]);
    const headers = {
      Authorization: `Bearer ${await testManager().createAccessToken('ada')}`,
      'Content-Type': 'application/json',
    };
    const post = async (path: string, body: object) => {
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await request(`${app.url}/overrides/${path}`, init)).body;
    };
    expect(await post('fewer', {})).to.deep.equal({ identity: 'ada', given: 1 });
    expect(await post('none', {})).to.deep.equal({ given: 0 });
    expect(await post('rest', { text: 'x' })).to.deep.equal({ text: 'x', identity: 'ada' });
    expect(await post('default', { text: 'x' })).to.deep.equal({ text: 'x', identity: 'ada' });
    await app.close();
  });

  it('keep the server from starting when the token would arrive in another place', async () => {
    class Gap {
      item(_id: string, @InjectToken() token: Token): object {
        return token;
      }
    }
    @JsonController('/gap')
    class Sub extends Gap {
      @Get('/:id')
      @JwtRequired()
      override item(id: string, token: Token) {
        return { id, token };
      }
    }
    expect(await refusalToStart([Sub])).to.include('Sub.item has @InjectToken() beside a parameter');
  });

  it('are given to a guest as they are to a user', async () => {
    class Optional {
      @Get('/items/:id')
      @JwtOptional()
      item(@Param('id') id: string, @InjectToken() token: Token | undefined) {
        return { id, identity: token?.identity ?? 'guest' };
      }
    }
    @JsonController('/optional')
    class Sub extends Optional {}
    const app = await startWith([Sub]);
    const answer = async (token: string) => (await getWith(`${app.url}/optional/items/7`, token)).body;
    expect(await answer(await testManager().createAccessToken('ada'))).to.deep.equal({
      id: '7',
      identity: 'ada',
    });
    const guest = await fetch(`${app.url}/optional/items/7`);
    expect(await guest.json()).to.deep.equal({ id: '7', identity: 'guest' });
    await app.close();
  });
});
