// One walk with the npm package facebook-client over /method/NAME with an access token: who is it, who are the friends and what they are called,
// the end of the session, error 190.
// The library is not changed; only its host and port are pointed at the server under test.
//
//   node walk.js HOST PORT APP_ID ACCESS_TOKEN FRIEND
//
// Prints one line of JSON an answer. The library answers a failed transport with undefined, which ends the walk.
'use strict';

const { FacebookClient } = require('facebook-client');

const [host, port, appId, accessToken, friend] = process.argv.slice(2);
const client = new FacebookClient(appId, 'not used with an access token', {
  facebook_server_host: host,
  facebook_server_port: port,
});

function call(session, method, params) {
  return new Promise((resolve, reject) => {
    session.restCall(method, params)((answer) => {
      if (answer === undefined) {
        reject(new Error(`${method}: no answer`));
        return;
      }
      console.log(JSON.stringify(answer));
      resolve();
    });
  });
}

client.getSessionByAccessToken(accessToken)(async (session) => {
  try {
    await call(session, 'users.getLoggedInUser', {});
    await call(session, 'users.isAppUser', {});
    await call(session, 'users.hasAppPermission', { ext_perm: 'offline_access' });
    await call(session, 'friends.get', {});
    await call(session, 'friends.getAppUsers', {});
    await call(session, 'friends.getLists', {});
    await call(session, 'friends.areFriends', { uids1: friend, uids2: friend });
    await call(session, 'friends.getMutualFriends', { target_uid: friend });
    await call(session, 'users.isVerified', {});
    await call(session, 'users.getInfo', { uids: friend, fields: 'name,birthday,is_app_user' });
    await call(session, 'groups.get', { gids: '77001' });
    await call(session, 'groups.getMembers', { gid: '77001' });
    await call(session, 'events.get', { eids: '77002' });
    await call(session, 'events.getMembers', { eid: '77002' });
    await call(session, 'pages.getInfo', { page_ids: '77003', fields: 'name,type' });
    await call(session, 'pages.isAdmin', { page_id: '77003' });
    await call(session, 'notifications.get', {});
    await call(session, 'notifications.getList', {});
    await call(session, 'message.getThreadsInFolder', {});
    await call(session, 'notes.create', { title: 'Maps', content: '<b>All</b> of them' });
    await call(session, 'notes.get', {});
    await call(session, 'links.getStats', { urls: 'http://pond.example/' });
    await call(session, 'photos.createAlbum', { name: 'Maps', visible: 'friends' });
    await call(session, 'photos.getAlbums', {});
    await call(session, 'video.getUploadLimits', {});
    await call(session, 'auth.expireSession', {});
    await call(session, 'users.getLoggedInUser', {});
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
});
