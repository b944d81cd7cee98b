import { Matches, MaxLength } from 'class-validator';
import {
  Body,
  Delete,
  Get,
  HttpCode,
  JsonController,
  NotFoundError,
  OnUndefined,
  Param,
  Post,
} from 'routing-controllers';
import { InjectToken, JwtRequired, Token } from 'routing-controllers-jwt';
import { NoteBook } from './note-book';

class NoteDto {
  @MaxLength(1000, { message: 'A note may have up to 1000 characters.' })
  @Matches(/\S/, { message: 'Write something first.' })
  text!: string;
}

const notes = new NoteBook();

@JsonController('/notes')
@JwtRequired()
export class NoteController {
  @Get()
  list(@InjectToken() { identity }: Token) {
    return notes.of(identity);
  }

  @Post()
  @HttpCode(201)
  add(@Body() { text }: NoteDto, @InjectToken() { identity }: Token) {
    return notes.add(identity, text.trim());
  }

  @Delete('/:id')
  @OnUndefined(204)
  remove(@Param('id') id: string, @InjectToken() { identity }: Token) {
    if (!notes.remove(identity, id)) throw new NotFoundError('This note is gone already.');
  }
}
