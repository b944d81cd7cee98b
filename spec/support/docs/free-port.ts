// Loaded before a program of the documentation: its server gets a free port, and the spec hears which.
import { Server, type AddressInfo } from 'node:net';

const listen = Reflect.get(Server.prototype, 'listen') as (...args: unknown[]) => Server;

Server.prototype.listen = function (this: Server, port: unknown, ...others: unknown[]): Server {
  this.once('listening', () => process.send?.({ asked: port, given: (this.address() as AddressInfo).port }));
  return listen.call(this, 0, '127.0.0.1', ...others);
};
