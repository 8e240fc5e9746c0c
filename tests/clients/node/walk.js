// One walk with the npm package facebook-client over /method/NAME with an access token: every method of people and what they share, the end
// of the session, error 190. The library has no list of methods: it calls whatever it is told, and decodes every answer in the same way.
// It sends no files; what cannot be called with an access token, or without a file, is answered by an error, which it decodes too.
// The library is not changed; only its host and port are pointed at the server under test.
//
//   node walk.js HOST PORT APP_ID ACCESS_TOKEN FRIEND
//
// Prints one line of JSON an answer: the method, and what the library made of it. The library answers a failed transport with undefined,
// which ends the walk.
'use strict';

const { FacebookClient } = require('facebook-client');

const [host, port, appId, accessToken, friend] = process.argv.slice(2);
const client = new FacebookClient(appId, 'not used with an access token', {
  facebook_server_host: host,
  facebook_server_port: port,
});

function calls(session) {
  return (method, params) =>
    new Promise((resolve, reject) => {
      session.restCall(method, params || {})((answer) => {
        if (answer === undefined) {
          reject(new Error(`${method}: no answer`));
          return;
        }
        console.log(JSON.stringify([method, answer]));
        resolve(answer);
      });
    });
}

async function people(call) {
  const uid = await call('users.getLoggedInUser');
  await call('users.isAppUser');
  await call('users.hasAppPermission', { ext_perm: 'email' });
  await call('users.isVerified');
  await call('users.getInfo', { uids: friend, fields: 'name,birthday,is_app_user' });
  await call('users.getStandardinfo', { uids: friend, fields: 'name' });
  await call('friends.get');
  await call('friends.getAppUsers');
  await call('friends.getLists');
  await call('friends.areFriends', { uids1: [uid, friend], uids2: [friend, friend] });
  await call('friends.getMutualFriends', { target_uid: friend });
  await call('groups.get', { gids: '77001' });
  await call('groups.getMembers', { gid: '77001' });
  await call('pages.getinfo', { page_ids: '77003', fields: 'name,type' });
  await call('pages.isAdmin', { page_id: '77003' });
  await call('pages.isFan', { page_id: '77003' });
  await call('pages.isAppAdded', { page_id: '77003' });
  await call('pages.blockFan', { page_id: '77003', uid: friend });
}

async function events(call) {
  const party = { name: 'Party', start_time: 4102444800, location: 'Attic' };
  const eid = await call('events.create', { event_info: party });
  await call('events.edit', { eid, event_info: { location: 'Cellar' } });
  await call('events.get', { eids: [eid] });
  await call('events.invite', { eid, uids: [friend], personal_message: 'Do come' });
  await call('events.getMembers', { eid });
  await call('events.rsvp', { eid: 77002, rsvp_status: 'unsure' });
  await call('events.cancel', { eid, cancel_message: 'Rain' });
  await call('events.get', { eids: [eid] });
}

async function stream(call) {
  await call('users.setStatus', { status: 'at home' });
  await call('status.set', { status: 'is there' });
  await call('status.get', { limit: 1 });
  const post = await call('stream.publish', {
    message: 'Look',
    attachment: { name: 'A map', href: 'http://maps.example/' },
    action_links: [{ text: 'See map', href: 'http://maps.example/' }],
  });
  const comment = await call('stream.addComment', { post_id: post, comment: 'Hi' });
  await call('stream.addLike', { post_id: post });
  await call('stream.get', { limit: 1 });
  await call('stream.getComments', { post_id: post });
  await call('stream.getFilters');
  await call('stream.removeLike', { post_id: post });
  await call('stream.removeComment', { comment_id: comment });
  await call('stream.remove', { post_id: post });
  const entry = await call('comments.add', { xid: 'guestbook', text: 'I was <here>' });
  await call('comments.get', { xid: 'guestbook' });
  await call('comments.remove', { xid: 'guestbook', comment_id: entry });
}

async function messages(call) {
  await call('notifications.get');
  const { notifications } = await call('notifications.getList');
  await call('notifications.markRead', { notification_ids: [notifications[0].notification_id] });
  await call('notifications.sendEmail', { recipients: friend, subject: 'Hello', text: 'There' });
  await call('liveMessage.send', { recipient: friend, event_name: 'ping', message: { a: 1 } });
  await call('message.getThreadsInFolder');
  await call('privacy.get');
}

async function things(call) {
  const note = await call('notes.create', { title: 'Maps', content: '<b>All</b> of them' });
  await call('notes.edit', { note_id: note, title: 'Atlas', content: '<b>All</b> of it' });
  await call('notes.get');
  await call('notes.delete', { note_id: note });
  await call('links.getStats', { urls: ['http://pond.example/'] });
  await call('links.preview', { url: 'http://pond.example/' });
  await call('links.post', { url: 'http://pond.example/' });
  await call('links.get');
  const { aid } = await call('photos.createAlbum', { name: 'Maps', visible: 'friends' });
  await call('photos.upload', { aid, caption: 'A map' });
  await call('photos.getAlbums', { aids: [aid] });
  await call('photos.get', { pids: ['77007'] });
  await call('photos.addTag', { pid: '77007', tags: [{ tag_uid: friend, x: 10, y: 20 }] });
  await call('photos.getTags', { pids: ['77007'] });
  await call('video.getUploadLimits');
  await call('video.upload', { title: 'Map trip' });
}

client.getSessionByAccessToken(accessToken)(async (session) => {
  try {
    const call = calls(session);
    for (const part of [people, events, stream, messages, things]) {
      await part(call);
    }
    await call('auth.expireSession');
    await call('users.getLoggedInUser');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
});
